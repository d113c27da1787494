package dev.darkroom.bench;

import dev.darkroom.image.TestPictures;
import dev.darkroom.qwenimage.EditParts;
import dev.darkroom.qwenimage.EditStyle;
import java.util.Locale;

/** How the cost of an edit grows: with steps, with guidance, with images, with pixels. On the pocket model's weights. */
final class GrowthBench {
    private static final int[] STEPS = {1, 2, 4, 8};
    private static final int[] SIDES = {64, 128, 192, 256, 384, 512, 768};

    /** From which of them on growth is looked at: small pictures cost what their calls cost. */
    private static final int FROM = 3;

    private GrowthBench() {}

    static void run() throws Exception {
        steps();
        images();
        pixels();
    }

    private static void steps() throws Exception {
        try (var parts =
                EditParts.of(EditBench.POCKET, new EditStyle.Single(256 * 256), TestPictures.squares(1, 256))) {
            double[] times = new double[STEPS.length];
            for (int i = 0; i < STEPS.length; i++) {
                int steps = STEPS[i];
                times[i] = median(20, () -> parts.denoise(steps, 1));
                System.out.printf(
                        Locale.ROOT, "denoise 256×256, %d step%s %22.1f ms%n", steps, steps == 1 ? " " : "s", times[i]);
            }
            double ratio = times[STEPS.length - 1] / times[0];
            Bench.expect("8 steps take 8 times as long as 1", ratio, "times as long", ratio > 6 && ratio < 9);
            double guided = median(20, () -> parts.denoise(4, 4)) / times[2];
            Bench.expect("guidance takes two passes a step", guided, "times as long", guided > 1.6 && guided < 2.4);
        }
    }

    private static void images() throws Exception {
        double[] passes = new double[3];
        double[] encodes = new double[3];
        int[] tokens = new int[3];
        for (int i = 0; i < passes.length; i++) {
            try (var parts = EditParts.of(EditBench.POCKET, EditBench.STYLE, TestPictures.squares(i + 1, 128))) {
                tokens[i] = parts.imageTokens() + parts.textTokens();
                encodes[i] = median(20, () -> {
                    parts.see();
                    parts.read();
                    parts.encode();
                });
                passes[i] = median(20, () -> parts.denoise(1, 1));
                System.out.printf(
                        Locale.ROOT,
                        "%d image%s, 128×128: %4d tokens, encoding %7.1f ms, one pass %7.1f ms%n",
                        i + 1,
                        i == 0 ? " " : "s",
                        tokens[i],
                        encodes[i],
                        passes[i]);
            }
        }
        double encode = encodes[2] / encodes[0];
        Bench.expect(
                "three images are encoded in three times the time of one, or less",
                encode,
                "times as long",
                encode < 3.6);
        double exponent = exponent(passes[2] / passes[0], (double) tokens[2] / tokens[0]);
        Bench.expect(
                "a pass grows with its tokens, so few of them not yet with their square",
                exponent,
                "is the exponent",
                exponent < 1.5);
    }

    private static void pixels() throws Exception {
        String[] names = {"vision tower", "language", "vae encode", "one pass", "vae decode"};
        double[][] times = new double[names.length][SIDES.length];
        int[] tokens = new int[SIDES.length];
        System.out.printf(Locale.ROOT, "%9s %9s %7s", "picture", "tokens", "text");
        for (String name : names) {
            System.out.printf(" %16s", name);
        }
        System.out.println();
        for (int i = 0; i < SIDES.length; i++) {
            long area = (long) SIDES[i] * SIDES[i];
            int repetitions = i <= FROM ? 10 : 3;
            try (var parts =
                    EditParts.of(EditBench.POCKET, new EditStyle.Single(area), TestPictures.squares(1, SIDES[i]))) {
                Measured.Timed[] works = {
                    parts::see, parts::read, parts::encode, () -> parts.denoise(1, 1), parts::decode
                };
                tokens[i] = parts.imageTokens();
                System.out.printf(Locale.ROOT, "%4d×%-4d %9d %7d", SIDES[i], SIDES[i], tokens[i], parts.textTokens());
                for (int part = 0; part < works.length; part++) {
                    times[part][i] = median(repetitions, works[part]);
                    System.out.printf(Locale.ROOT, " %13.1f ms", times[part][i]);
                }
                System.out.println();
            }
        }
        int last = SIDES.length - 1;
        double more = (double) tokens[last] / tokens[FROM];
        System.out.printf("%-27s", "exponent from 256 to 768");
        double[] exponents = new double[names.length];
        for (int part = 0; part < names.length; part++) {
            exponents[part] = exponent(times[part][last] / times[part][FROM], more);
            System.out.printf(Locale.ROOT, " %16.2f", exponents[part]);
        }
        System.out.println();
        for (int part : new int[] {2, 4}) {
            Bench.expect(
                    names[part] + " grows with the pixels, and a little more for the attention in its middle",
                    exponents[part],
                    "is the exponent",
                    exponents[part] > 0.9 && exponents[part] < 1.5);
        }
        Bench.expect(
                "a pass grows with its tokens, and many of them with their square",
                exponents[3],
                "is the exponent",
                exponents[3] > 1 && exponents[3] < 2.2);
    }

    /** The power of {@code growth} that {@code ratio} is. */
    private static double exponent(double ratio, double growth) {
        return Math.log(ratio) / Math.log(growth);
    }

    private static double median(int repetitions, Measured.Timed work) throws Exception {
        return Measured.milliseconds("", repetitions, repetitions, work).median();
    }
}
