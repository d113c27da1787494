package dev.darkroom.bench;

import dev.darkroom.diffusion.StepCache;
import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.engine.LoadedModel;
import dev.darkroom.flux.FluxNetworks;
import dev.darkroom.flux.FluxTransformer;
import dev.darkroom.image.PictureEncoder;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Job;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.job.Timings;
import dev.darkroom.mmdit.Positions;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Sources;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.ProcessMemory;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * {@code make bench}: what starting, loading and making a picture cost on this machine. Each expectation is printed with what was found,
 * as a ratio within this run.
 */
public final class Bench {
    private static final Placement CPU = new Placement(Device.CPU, DType.FLOAT32);
    static final Path HOME = Path.of(System.getProperty("darkroom.home"));
    static final Path POCKET = HOME.resolve("test-payloads/models/pocket-flux");
    private static final Path TINY = HOME.resolve("engine/src/test/resources/goldens/tiny-flux-schnell");

    private static final int WRONG_ARGUMENTS = 2;

    private Bench() {}

    /** @param arguments the parts to measure; none for all */
    public static void main(String[] arguments) throws Exception {
        Map<String, Measured.Timed> parts = new LinkedHashMap<>();
        parts.put("start", StartUp::run);
        parts.put("serve", ServeBench::run);
        parts.put("path", PathBench::run);
        parts.put("picture", Bench::picture);
        parts.put("batch", BatchBench::run);
        parts.put("operators", Bench::operators);
        parts.put("load", LoadBench::run);
        parts.put("allocator", AllocatorBench::run);
        parts.put("types", TypesBench::run);
        parts.put("edit", EditBench::run);
        parts.put("large", LargeEditBench::run);
        parts.put("growth", GrowthBench::run);
        parts.put("frame", FrameBench::run);
        parts.put("animation", AnimationBench::run);
        parts.put("mark", MarkBench::run);
        List<String> unknown =
                Stream.of(arguments).filter(name -> !parts.containsKey(name)).toList();
        if (!unknown.isEmpty()) {
            System.err.println(
                    "ONLY: there is no " + String.join(", ", unknown) + ", but " + String.join(", ", parts.keySet()));
            System.exit(WRONG_ARGUMENTS);
        }
        System.out.printf("%d processors, Java %s%n%n", Runtime.getRuntime().availableProcessors(), Runtime.version());
        for (var part : parts.entrySet()) {
            if (arguments.length == 0 || List.of(arguments).contains(part.getKey())) {
                part.getValue().run();
                System.out.println();
            }
        }
        System.out.printf("peak resident memory of this process %d MB%n", ProcessMemory.peakBytes() / 1_000_000);
    }

    private static void picture() throws Exception {
        try (var model = LoadedModel.from(POCKET)) {
            Map<String, double[]> parts = new TreeMap<>();
            int repetitions = 40;
            Rendering[] last = new Rendering[1];
            int[] round = {0};
            Measured whole = Measured.milliseconds("pocket picture, 128×128, 4 steps", 20, repetitions, () -> {
                Job job = job(round[0]++);
                last[0] = model.render(job, TestJobs.first(job), Sources.NONE, Progress.NONE);
            });
            for (int i = 0; i < repetitions; i++) {
                Job job = job(i);
                Timings timings = model.render(job, TestJobs.first(job), Sources.NONE, Progress.NONE)
                        .timings();
                int at = i;
                timings.milliseconds()
                        .forEach((part, time) ->
                                parts.computeIfAbsent(part, name -> new double[repetitions])[at] = time);
            }
            System.out.println(whole);
            for (String part : new String[] {"encode", "denoise", "decode"}) {
                System.out.println("  " + Measured.of(part, parts.get(part)));
            }
            Picture picture = last[0].picture();
            for (ImageFormat format : ImageFormat.values()) {
                System.out.println("  "
                        + Measured.milliseconds(
                                format.fieldValue(),
                                20,
                                repetitions,
                                () -> PictureEncoder.encode(picture, format, 90)));
            }
            expect(
                    "a warm pocket picture takes well under a second",
                    whole.median() / 1000,
                    "of a second",
                    whole.median() < 500);
        }
    }

    private static Job job(int seed) {
        return new Job.TextToImage(
                TestJobs.PLAIN, TestJobs.of("a sunset over mountains", null, new Size(128, 128), 4, null, null, seed));
    }

    /**
     * What Java and JNI cost in a pass: its calls, each at the price of one that computes nothing. A pass through as many tiny blocks shows
     * the same with libtorch's own dispatch on top.
     */
    private static void operators() throws Exception {
        int calls = 1000;
        Measured thousand;
        try (var scope = Scope.open("bench")) {
            Tensor one = Tensor.of(new float[] {1}, 1);
            thousand = Measured.milliseconds("1000 operator calls that compute nothing", 20, 30, () -> {
                try (var inner = Scope.open("calls")) {
                    for (int i = 0; i < calls; i++) {
                        one.narrow(0, 0, 1);
                    }
                }
            });
        }
        Step pocket = step(POCKET, "one pass of the pocket transformer, 64 + 48 tokens", 64, 48);
        Step tiny = step(TINY, "one pass of a transformer of as many tiny blocks", 4, 4);
        System.out.println(thousand);
        System.out.println(pocket.time);
        System.out.println(tiny.time);
        double overhead = pocket.calls * thousand.median() / calls / pocket.time.median();
        expect(
                "Java and JNI take under 10 % of a pocket step (" + pocket.calls + " calls)",
                overhead,
                "of a step",
                overhead < 0.1);
        System.out.printf(
                Locale.ROOT,
                "               with libtorch's own dispatch of small operations: %.3f of a step%n",
                tiny.time.median() / pocket.time.median());
    }

    private record Step(Measured time, long calls) {}

    private static Step step(Path checkpoint, String what, int imageTokens, int textTokens) throws Exception {
        try (var scope = Scope.open("step");
                Loaded<FluxTransformer> loaded = FluxNetworks.transformer(checkpoint.resolve("transformer"), CPU)) {
            FluxTransformer transformer = loaded.network();
            var config = transformer.config();
            int side = (int) Math.sqrt(imageTokens);
            Tensor tokens = Operators.randn(1, DType.FLOAT32, new long[] {
                        1, imageTokens, config.blocks().inChannels()
                    })
                    .getFirst();
            Tensor embeds = Operators.randn(2, DType.FLOAT32, new long[] {
                        1, textTokens, config.blocks().promptWidth()
                    })
                    .getFirst();
            Tensor pooled = Operators.randn(3, DType.FLOAT32, new long[] {1, config.pooledWidth()})
                    .getFirst();
            var conditioning = transformer.conditioning(Tensor.of(new float[] {0.5f}, 1, 1), null, pooled);
            Tensor ids = new Positions()
                    .image(0, new TokenGrid(textTokens, 1))
                    .image(0, new TokenGrid(side, side))
                    .ids();
            Tensor rope = config.blocks().rope(ids);
            Measured.Timed pass = () -> {
                try (var inner = Scope.open("pass")) {
                    transformer.blocks().forward(tokens, embeds, conditioning, rope, StepCache.none());
                }
            };
            long before = Operators.calls();
            pass.run();
            long calls = Operators.calls() - before;
            return new Step(Measured.milliseconds(what, 100, 200, pass), calls);
        }
    }

    static void expect(String what, double found, String unit, boolean holds) {
        System.out.printf(
                Locale.ROOT, "%s  %s: found %.3f %s%n", holds ? "as expected  " : "NOT EXPECTED ", what, found, unit);
    }

    /** Temporary files of the benchmarks, beside the build. */
    static Path scratch() throws java.io.IOException {
        return Files.createTempDirectory(Files.createDirectories(HOME.resolve("handler/target")), "bench");
    }
}
