package dev.darkroom.bench;

import dev.darkroom.engine.LoadedModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.image.PictureEncoder;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Job;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.TestJobs;
import dev.darkroom.model.Demand;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Residency;
import dev.darkroom.model.Sources;
import dev.darkroom.qwenimage.EditParts;
import dev.darkroom.qwenimage.EditStyle;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.weights.PlacementPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** The embedded editing model: an edit from end to end, its parts, what repeating a picture or a prompt saves, and changing models. */
final class EditBench {
    static final Path POCKET = Bench.HOME.resolve("test-payloads/models/pocket-qwen-edit");
    static final EditStyle STYLE = new EditStyle.Plus(128 * 128, 96 * 96);

    private static final String[] THINGS = {
        "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "gray"
    };

    private EditBench() {}

    static void run() throws Exception {
        whole();
        System.out.println();
        repetitions("128×128", POCKET);
        Path large = Bench.scratch();
        try {
            TestCheckpoints.copy(POCKET, large);
            Files.writeString(
                    large.resolve("darkroom.json"),
                    "{\"steps\": 4, \"true_cfg_scale\": 1, \"reference_area\": 262144, \"condition_area\": 147456}");
            repetitions("512×512", large);
        } finally {
            delete(large);
        }
        System.out.println();
        change();
    }

    private static void whole() throws Exception {
        Picture[] picture = new Picture[1];
        Measured whole;
        try (ImageModel model = LoadedModel.from(POCKET)) {
            int[] round = {0};
            whole = Measured.milliseconds("pocket edit, 128×128, 4 steps, nothing seen before", 20, 30, () -> {
                int seed = round[0]++;
                picture[0] = edit(model, "make the shape " + seed, TestPictures.noise(seed, 128, 128));
            });
        }
        System.out.println(whole);
        try (var parts = EditParts.of(POCKET, STYLE, List.of(TestPictures.noise(1, 128, 128)))) {
            System.out.println("  " + Measured.milliseconds("vision tower", 20, 30, parts::see));
            System.out.println("  " + Measured.milliseconds("language model", 20, 30, parts::read));
            System.out.println("  " + Measured.milliseconds("vae encode", 20, 30, parts::encode));
            System.out.println(
                    "  " + Measured.milliseconds("one pass of the transformer", 20, 30, () -> parts.denoise(1, 1)));
            System.out.println("  " + Measured.milliseconds("denoise", 20, 30, () -> parts.denoise(4, 1)));
            System.out.println("  " + Measured.milliseconds("vae decode", 20, 30, parts::decode));
        }
        System.out.println("  "
                + Measured.milliseconds("png", 20, 30, () -> PictureEncoder.encode(picture[0], ImageFormat.PNG, 90)));
        Bench.expect(
                "a warm pocket edit takes well under a second",
                whole.median() / 1000,
                "of a second",
                whole.median() < 1000);
    }

    /** Ten edits of one picture, with other prompts and with the same: only the first has to encode. */
    private static void repetitions(String what, Path checkpoint) throws Exception {
        try (ImageModel model = LoadedModel.from(checkpoint)) {
            edit(model, "make the shape white", TestPictures.noise(99, 128, 128));
            double[] firsts = new double[5];
            double[] others = new double[5];
            double[] same = new double[5];
            for (int i = 0; i < firsts.length; i++) {
                Picture picture = TestPictures.noise(i, 128, 128);
                firsts[i] = time(() -> edit(model, "make the shape cyan", picture));
                double[] ten = new double[THINGS.length];
                double[] again = new double[THINGS.length];
                for (int j = 0; j < THINGS.length; j++) {
                    String prompt = "make the shape " + THINGS[j];
                    ten[j] = time(() -> edit(model, prompt, picture));
                    again[j] = time(() -> edit(model, prompt, picture));
                }
                others[i] = Measured.of("", ten).median();
                same[i] = Measured.of("", again).median();
            }
            double first = Measured.of("", firsts).median();
            System.out.println(Measured.of("first edit of a picture, " + what + ", 4 steps", firsts));
            saving("ten further edits of it with other prompts", first, others);
            saving("ten edits of it with prompts that were there", first, same);
            double ratio = Measured.of("", same).median() / first;
            Bench.expect(
                    "what was encoded before is not encoded again", ratio, "of the first edit's time", ratio < 0.95);
        }
    }

    private static void saving(String what, double first, double[] times) {
        Measured measured = Measured.of("  " + what + ", each", times);
        System.out.println(measured);
        System.out.printf(
                Locale.ROOT,
                "    saves %.1f ms, %.0f %%%n",
                first - measured.median(),
                100 * (1 - measured.median() / first));
    }

    /** Two models of which memory holds one. */
    private static void change() throws Exception {
        try (ImageModel edits = LoadedModel.open("pocket-qwen-edit", POCKET);
                ImageModel flux = LoadedModel.open("pocket-flux", Bench.POCKET)) {
            long most = Math.max(bytes(edits), bytes(flux));
            var residency = new Residency(new PlacementPolicy(Device.CPU, Optional.empty(), OptionalLong.of(most)));
            Measured change = Measured.milliseconds(
                    String.format(Locale.ROOT, "changing models and back (%.0f MB each, float32)", most / 1e6),
                    3,
                    20,
                    () -> {
                        residency.prepare(edits.networks(), Demand.NONE, Progress.NONE);
                        residency.prepare(flux.networks(), Demand.NONE, Progress.NONE);
                    });
            System.out.println(change);
            Bench.expect(
                    "a small model comes back in under a second",
                    change.median() / 2000,
                    "of a second",
                    change.median() < 2000);
        }
    }

    private static long bytes(ImageModel model) {
        return model.networks().stream()
                .mapToLong(network -> network.size().in(DType.FLOAT32))
                .sum();
    }

    private static Picture edit(ImageModel model, String prompt, Picture picture) {
        var job = new Job.FromImages(
                TestJobs.PLAIN, TestJobs.of(prompt, null, null, null, null, null, 1), List.of(""), null);
        return model.render(job, TestJobs.first(job), new Sources(List.of(picture), null, List.of()), Progress.NONE)
                .picture();
    }

    private static double time(Measured.Timed work) throws Exception {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e6;
    }

    private static void delete(Path folder) throws Exception {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
