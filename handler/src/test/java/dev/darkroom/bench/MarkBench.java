package dev.darkroom.bench;

import dev.darkroom.engine.LoadedModel;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.mark.Change;
import dev.darkroom.mark.Found;
import dev.darkroom.mark.Mark;
import dev.darkroom.mark.MarkReader;
import dev.darkroom.mark.Payload;
import dev.darkroom.mark.Quality;
import dev.darkroom.mark.Scenes;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The invisible mark: after which changes it is read, how much it changes pictures, what it costs, and that pictures without one have none.
 * {@code PICTURES=folder} adds photographs; {@code UNMARKED=10000} says how many pictures without a mark are read (200).
 */
final class MarkBench {
    private static final int SMALL = 512 * 384;
    private static final double SMALL_BAR = 0.95;
    private static final double BAR = 0.99;
    private static final double PSNR_BAR = 42;
    private static final double SSIM_BAR = 0.99;
    private static final double MILLISECONDS_BAR = 30;

    private final Map<Change, int[][]> found = new LinkedHashMap<>();
    private final Map<String, int[]> kinds = new TreeMap<>();
    private double leastPsnr = Double.MAX_VALUE;
    private double leastSsim = 1;
    private double psnr;
    private double ssim;
    private int pictures;

    private MarkBench() {}

    static void run() throws Exception {
        speed();
        new MarkBench().table();
        unmarked();
    }

    private static void speed() throws Exception {
        Measured large = embedding(new Size(1024, 1024));
        System.out.println(large);
        System.out.println(embedding(new Size(512, 512)));
        System.out.println(embedding(new Size(256, 256)));
        double megapixels = 1024 * 1024 / 1e6;
        Bench.expect(
                "marking a picture of 1024×1024 takes up to 30 ms a megapixel",
                large.median() / megapixels,
                "ms a megapixel",
                large.median() / megapixels < MILLISECONDS_BAR);
        Picture marked = Mark.embed(Scenes.scene(7, new Size(1024, 1024), 1), payload(1));
        System.out.println(Measured.milliseconds("read from 1024×1024", 3, 10, () -> MarkReader.read(marked)));
        Picture plain = Scenes.scene(7, new Size(1024, 1024), 1);
        System.out.println(
                Measured.milliseconds("looked for in vain in 1024×1024", 1, 5, () -> MarkReader.read(plain)));
    }

    private static Measured embedding(Size size) throws Exception {
        Picture plain = Scenes.scene(7, size, 1);
        return Measured.milliseconds(
                "marked, " + size.width() + "×" + size.height(), 20, 30, () -> Mark.embed(plain, payload(1)));
    }

    private static Payload payload(int number) {
        return new Payload(1, 4711, number * 1_000_003L);
    }

    private void table() throws Exception {
        try (var model = LoadedModel.from(Bench.POCKET)) {
            for (var source : MarkPictures.all(model)) {
                add(source.kind(), source.of().make());
            }
        }
        System.out.printf("%n| after (%d pictures) | 256×256 | 512×384 and larger |%n| --- | --- | --- |%n", pictures);
        found.forEach((change, counts) -> System.out.printf(
                Locale.ROOT, "| %s | %s | %s |%n", change.name(), share(counts[0]), share(counts[1])));
        System.out.printf(Locale.ROOT, "%nPSNR %.2f dB or more, %.2f in the mean; ", leastPsnr, psnr / pictures);
        System.out.printf(Locale.ROOT, "SSIM %.4f or more, %.4f in the mean%n", leastSsim, ssim / pictures);
        kinds.forEach((kind, counts) -> System.out.printf("%-20s %s%n", kind, share(counts)));
        expect();
    }

    private void add(String kind, Picture plain) throws Exception {
        Payload payload = payload(pictures++);
        Picture marked = Mark.embed(plain, payload);
        double levels = Quality.psnr(plain, marked);
        double structure = Quality.ssim(plain, marked);
        leastPsnr = Math.min(leastPsnr, levels);
        leastSsim = Math.min(leastSsim, structure);
        psnr += levels;
        ssim += structure;
        for (Change change : Change.ALL) {
            Optional<Found> read = MarkReader.read(change.apply(marked));
            boolean right = read.map(Found::payload).equals(Optional.of(payload));
            count(
                    found.computeIfAbsent(change, any -> new int[2][2])[
                            plain.size().area() < SMALL ? 0 : 1],
                    right);
            if (change.bar()) {
                count(kinds.computeIfAbsent(kind, any -> new int[2]), right);
            }
        }
    }

    private static void count(int[] counts, boolean right) {
        counts[0] += right ? 1 : 0;
        counts[1]++;
    }

    private static String share(int[] counts) {
        return String.format(Locale.ROOT, "%.1f %% (%d of %d)", 100.0 * counts[0] / counts[1], counts[0], counts[1]);
    }

    private void expect() {
        for (int size = 0; size < 2; size++) {
            double bar = size == 0 ? SMALL_BAR : BAR;
            for (var one : found.entrySet()) {
                int[] counts = one.getValue()[size];
                double part = (double) counts[0] / Math.max(1, counts[1]);
                if (one.getKey().bar() && part < bar) {
                    Bench.expect(
                            (size == 0 ? "256×256, " : "larger, ")
                                    + one.getKey().name(),
                            part,
                            "read",
                            false);
                }
            }
        }
        Bench.expect("least PSNR", leastPsnr, "dB", leastPsnr >= PSNR_BAR);
        Bench.expect("least SSIM", leastSsim, "", leastSsim >= SSIM_BAR);
    }

    private static void unmarked() {
        String asked = System.getenv("UNMARKED");
        int count = asked == null ? 200 : Integer.parseInt(asked);
        int wrong = 0;
        for (int i = 0; i < count; i++) {
            Picture plain = Scenes.scene(i, new Size(128 + i % 5 * 32, 128), 1000 + i);
            wrong += MarkReader.read(plain).isPresent() ? 1 : 0;
        }
        Bench.expect("marks found in " + count + " unmarked pictures", wrong, "", wrong == 0);
    }
}
