package dev.darkroom.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.image.PictureEncoder;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Picture;
import dev.darkroom.text.tokenizer.Qwen2Tokenizer;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * What lies between a request and its picture at 1024×1024 beside the transformer and the autoencoder, which a card computes: HTTP and the
 * queue, tokens, embeds of a prompt that was there before, the file, its storage.
 */
final class PathBench {
    private static final String PROMPT =
            "a lighthouse on a cliff at dusk, waves below, warm light in its windows, film grain";
    private static final int SIDE = 1024;
    private static final int JOBS = 5;

    /** What the card does of a job; the embedded model enlarges its picture besides, which no model does whose own size this is. */
    private static final List<String> NETWORKS = List.of("denoise", "decode", "resize");

    /** Grain of a photograph, in levels: a picture without any would compress too well. */
    private static final double GRAIN = 1.5;

    private PathBench() {}

    static void run() throws Exception {
        tokens();
        Picture picture = photograph();
        for (ImageFormat format : ImageFormat.values()) {
            System.out.printf(
                    Locale.ROOT,
                    "%s, %.1f MB%n",
                    Measured.milliseconds(
                            format.fieldValue() + " of 1024×1024",
                            10,
                            20,
                            () -> PictureEncoder.encode(picture, format, 90)),
                    PictureEncoder.encode(picture, format, 90).length / 1e6);
        }
        try (var worker = new ServedWorker(Bench.HOME)) {
            for (String format : List.of("png", "webp")) {
                jobs(worker, format);
            }
        }
    }

    private static void tokens() throws Exception {
        var tokenizer = Qwen2Tokenizer.read(Bench.HOME.resolve("test-payloads/models/pocket-qwen-edit/tokenizer"));
        System.out.println(Measured.milliseconds("tokens of a prompt", 200, 200, () -> tokenizer.encode(PROMPT)));
    }

    /** Whole jobs of one step, whose networks' times are taken away. */
    private static void jobs(ServedWorker worker, String format) throws Exception {
        double[] beside = new double[JOBS];
        double[] encode = new double[JOBS];
        double[] store = new double[JOBS];
        for (int i = -1; i < JOBS; i++) {
            long start = System.nanoTime();
            JsonNode timings = worker.post("/runsync", job(format, i)).at("/output/timings");
            double whole = (System.nanoTime() - start) / 1e6;
            if (i >= 0) {
                beside[i] = whole
                        - NETWORKS.stream()
                                .mapToLong(lap -> timings.path(lap).asLong())
                                .sum();
                encode[i] = timings.path("encode").asDouble();
                store[i] = timings.path("store").asDouble();
            }
        }
        System.out.println(Measured.of("a job of 1024×1024 as " + format + " beside transformer and decoder", beside));
        System.out.println(Measured.of("  of it embeds of a prompt that was there", encode));
        System.out.println(Measured.of("  of it file and storage", store));
    }

    private static String job(String format, int seed) {
        return "{\"input\": {\"prompt\": \"" + PROMPT + "\", \"width\": " + SIDE + ", \"height\": " + SIDE
                + ", \"num_inference_steps\": 1, \"output_format\": \"" + format + "\", \"seed\": " + (seed + 2) + "}}";
    }

    private static Picture photograph() {
        var random = new Random(1);
        byte[] rgb = new byte[3 * SIDE * SIDE];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                for (int c = 0; c < 3; c++) {
                    double level = 128
                            + 80 * Math.sin((x + 31 * c) / 70.0) * Math.cos(y / 110.0)
                            + GRAIN * random.nextGaussian();
                    rgb[3 * (y * SIDE + x) + c] = (byte) Math.round(Math.clamp(level, 0, 255));
                }
            }
        }
        return new Picture(SIDE, SIDE, rgb);
    }
}
