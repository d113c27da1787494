package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.diffusion.Run;
import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.flux.FluxCheckpoint;
import dev.darkroom.flux.FluxConfig;
import dev.darkroom.flux.FluxFillPipeline;
import dev.darkroom.flux.FluxKontextPipeline;
import dev.darkroom.flux.FluxPipeline;
import dev.darkroom.flux.FluxPromptEncoder;
import dev.darkroom.flux.KontextSizes;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.Timings;
import dev.darkroom.model.Residency;
import dev.darkroom.model.Sources;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.schedule.Noise;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.ConfigFile;
import dev.darkroom.weights.PlacementPolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Goldens of whole pipelines: tokens, embeds, every step, the picture. */
final class PipelineGoldens {
    static final Residency FLOAT32 =
            new Residency(new PlacementPolicy(Device.CPU, Optional.of(DType.FLOAT32), OptionalLong.empty()));

    private PipelineGoldens() {}

    /** A checkpoint with all of its networks in memory, as float32 on the CPU. */
    static FluxCheckpoint loaded(Checkpoint files) {
        FluxCheckpoint checkpoint = FluxCheckpoint.of(files);
        FLOAT32.prepare(files.networks(), Progress.NONE);
        return checkpoint;
    }

    static List<Comparison> compare(
            Path checkpoint, Function<String, Path> component, JsonNode params, GoldenTensors golden) {
        try (var scope = Scope.open("golden");
                var files = new Checkpoint(
                        "golden",
                        name -> name.equals("transformer") ? checkpoint.resolve(name) : component.apply(name))) {
            FluxCheckpoint flux = loaded(files);
            FluxConfig config = flux.config();
            var run = new Run(
                    params.path("prompt").asText(),
                    params.hasNonNull("negative_prompt")
                            ? params.path("negative_prompt").asText()
                            : null,
                    size(params, golden),
                    params.path("num_inference_steps").asInt(),
                    config.guidanceEmbeds() ? params.path("guidance_scale").asDouble() : null,
                    params.path("true_cfg_scale").asDouble(1),
                    null,
                    params.path("max_sequence_length").asInt(),
                    schedule(checkpoint),
                    "");
            List<Comparison> results = new ArrayList<>();
            inputs(results, flux.promptEncoder(), run, params, golden);
            sigmas(results, run, golden);
            Map<String, float[]> seen = Probe.record(() -> generate(flux, run, params, golden));
            golden.compare(results, seen, "", Tolerance.PIPELINE);
            return results;
        }
    }

    private static void generate(FluxCheckpoint flux, Run run, JsonNode params, GoldenTensors golden) {
        Tensor noise = golden.tensor("in.noise");
        var timings = new Timings();
        if (golden.has("in.mask_uint8")) {
            Noise draws = shapes -> List.of(noise, noise, golden.tensor("in.vae_sample_eps"));
            var sources =
                    new Sources(List.of(golden.picture("in.image_uint8")), golden.picture("in.mask_uint8"), List.of());
            new FluxFillPipeline(flux).generate(run, sources, draws, Progress.NONE, timings);
        } else if (golden.has("in.image_uint8")) {
            var sources = new Sources(List.of(golden.picture("in.image_uint8")), null, List.of());
            new FluxKontextPipeline(flux, kontextSizes(params))
                    .generate(run, sources, shapes -> List.of(noise), Progress.NONE, timings);
        } else {
            Noise draws = params.has("noise_seed")
                    ? Noise.seeded(params.path("noise_seed").asLong(), DType.FLOAT32)
                    : shapes -> List.of(noise);
            new FluxPipeline(flux).generate(run, Sources.NONE, draws, Progress.NONE, timings);
        }
    }

    /** The size that the reference computed at, for the one that it was asked for. */
    private static Size size(JsonNode params, GoldenTensors golden) {
        Size asked =
                new Size(params.path("width").asInt(), params.path("height").asInt());
        boolean kontext = golden.has("in.image_uint8") && !golden.has("in.mask_uint8");
        return kontext ? kontextSizes(params).generated(asked) : asked.floorTo(TokenGrid.PIXELS);
    }

    private static KontextSizes kontextSizes(JsonNode params) {
        return new KontextSizes(
                params.path("max_area").asInt(1024 * 1024),
                params.path("auto_resize").asBoolean(true));
    }

    private static void inputs(
            List<Comparison> results, FluxPromptEncoder encoder, Run run, JsonNode params, GoldenTensors golden) {
        if (golden.has("in.clip_ids")) {
            results.add(Comparison.equal(
                    "in.clip_ids",
                    GoldenValues.list(encoder.tokenizer().encode(run.prompt())),
                    GoldenValues.list(golden.longs("in.clip_ids"))));
            results.add(Comparison.equal(
                    "in.t5_ids",
                    GoldenValues.list(encoder.tokenizer2().encode(run.prompt(), run.maxSequenceLength())),
                    GoldenValues.list(golden.longs("in.t5_ids"))));
        }
        if (params.has("noise_seed")) {
            float[] drawn = Operators.randn(params.path("noise_seed").asLong(), DType.FLOAT32, golden.shape("in.noise"))
                    .getFirst()
                    .toFloats();
            results.add(Comparison.of("in.noise", drawn, golden.floats("in.noise"), Tolerance.SIGMAS));
        }
    }

    private static void sigmas(List<Comparison> results, Run run, GoldenTensors golden) {
        if (golden.has("sigmas")) {
            double[] sigmas = run.sigmas();
            float[] expected = golden.floats("sigmas");
            results.add(Comparison.of(
                    "sigmas",
                    sigmas,
                    IntStream.range(0, expected.length)
                            .mapToDouble(i -> expected[i])
                            .toArray(),
                    Tolerance.SIGMAS));
        }
    }

    static FlowMatchSchedule schedule(Path checkpoint) {
        return FlowMatchSchedule.read(ConfigFile.read(checkpoint.resolve("scheduler/scheduler_config.json")));
    }
}
