package dev.darkroom.bench;

import dev.darkroom.image.TestPictures;
import dev.darkroom.qwenimage.EditParts;
import dev.darkroom.qwenimage.EditStyle;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Edits at one megapixel, on small weights: where their time goes, and how much memory the parts take at their worst. */
final class LargeEditBench {
    private static final Path TINY = Bench.HOME.resolve("engine/src/test/resources/goldens/tiny-qwen-image-edit");
    private static final EditStyle STYLE = new EditStyle.Single(1024 * 1024);

    /** Of every place to every other, at 128 × 128 places of latents. */
    private static final long SCORES = 4L << 28;

    private LargeEditBench() {}

    static void run() throws Exception {
        // what libtorch takes for itself is none of theirs
        try (var small = EditParts.of(TINY, new EditStyle.Single(64 * 64), TestPictures.squares(1, 64))) {
            small.denoise(1, 1);
            small.decode();
        }
        split("tiny weights", TINY);
        split("pocket weights", EditBench.POCKET);
    }

    private static void split(String weights, Path checkpoint) throws Exception {
        PeakMemory memory = PeakMemory.fromNow();
        try (var parts = EditParts.of(checkpoint, STYLE, TestPictures.squares(1, 1024))) {
            System.out.printf("one megapixel, %s: %d + %d tokens%n", weights, parts.imageTokens(), parts.textTokens());
            Map<String, Measured.Timed> works = new LinkedHashMap<>();
            works.put("vision tower", parts::see);
            works.put("language model", parts::read);
            works.put("vae encode", parts::encode);
            works.put("one pass of the transformer", () -> parts.denoise(1, 1));
            works.put("vae decode", parts::decode);
            long most = 0;
            for (var part : works.entrySet()) {
                long peak = memory.of(part.getValue());
                most = Math.max(most, peak);
                System.out.printf(
                        Locale.ROOT,
                        "  %s  peak %5d MB%n",
                        Measured.milliseconds(part.getKey(), 0, 3, part.getValue()),
                        peak / 1_000_000);
            }
            Bench.expect(
                    "no part holds the scores of all pairs of 16384 places (1074 MB)",
                    most / 1e6,
                    "MB at most, weights included",
                    most < SCORES);
        }
    }
}
