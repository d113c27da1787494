package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.flux.FluxComponents;
import dev.darkroom.flux.FluxConfig;
import dev.darkroom.flux.FluxFillPipeline;
import dev.darkroom.flux.FluxKontextPipeline;
import dev.darkroom.flux.FluxLoader;
import dev.darkroom.flux.FluxPipeline;
import dev.darkroom.flux.FluxPromptEncoder;
import dev.darkroom.flux.FluxRequest;
import dev.darkroom.flux.FluxTransformer;
import dev.darkroom.flux.KontextSizes;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.Timings;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.schedule.Noise;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.tensor.TensorCache;
import dev.darkroom.text.ClipTextEncoder;
import dev.darkroom.text.ClipTokenizer;
import dev.darkroom.text.T5Encoder;
import dev.darkroom.text.T5Tokenizer;
import dev.darkroom.vae.AutoencoderKL;
import dev.darkroom.weights.ConfigFile;
import dev.darkroom.weights.Loaded;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Goldens of whole pipelines: tokens, embeds, every step, the picture. */
final class PipelineGoldens {
    private PipelineGoldens() {}

    /** The four networks of a pipeline, loaded. */
    record Networks(
            Loaded<ClipTextEncoder> clip,
            Loaded<T5Encoder> t5,
            Loaded<FluxTransformer> transformer,
            Loaded<AutoencoderKL> vae,
            FluxPromptEncoder promptEncoder)
            implements AutoCloseable {
        FluxComponents components(FlowMatchSchedule schedule) {
            return new FluxComponents(
                    promptEncoder, transformer.network(), vae.network(), schedule, new TensorCache<>(0), "");
        }

        @Override
        public void close() {
            clip.close();
            t5.close();
            transformer.close();
            vae.close();
        }
    }

    /** Loads a checkpoint that has all of its components. */
    static Networks networks(Path checkpoint) {
        return networks(checkpoint, checkpoint::resolve);
    }

    private static Networks networks(Path checkpoint, Function<String, Path> component) {
        var clip = FluxLoader.textEncoder(component.apply("text_encoder"), NetworkGoldens.CPU);
        var t5 = FluxLoader.textEncoder2(component.apply("text_encoder_2"), NetworkGoldens.CPU);
        var transformer = FluxLoader.transformer(checkpoint.resolve("transformer"), NetworkGoldens.CPU);
        var vae = FluxLoader.vae(component.apply("vae"), NetworkGoldens.CPU);
        var promptEncoder = new FluxPromptEncoder(
                ClipTokenizer.read(
                        component.apply("tokenizer"), clip.network().config().positions()),
                clip.network(),
                T5Tokenizer.read(component.apply("tokenizer_2")),
                t5.network());
        return new Networks(clip, t5, transformer, vae, promptEncoder);
    }

    static List<Comparison> compare(
            Path checkpoint, Function<String, Path> component, JsonNode params, GoldenTensors golden) {
        try (var scope = Scope.open("golden");
                var networks = networks(checkpoint, component)) {
            FluxComponents components = networks.components(schedule(checkpoint));
            FluxPromptEncoder promptEncoder = networks.promptEncoder();
            FluxConfig config = components.transformer().config();
            var request = new FluxRequest(
                    params.path("prompt").asText(),
                    params.hasNonNull("negative_prompt")
                            ? params.path("negative_prompt").asText()
                            : null,
                    size(params, golden),
                    params.path("num_inference_steps").asInt(),
                    config.guidanceEmbeds() ? params.path("guidance_scale").asDouble() : null,
                    params.path("true_cfg_scale").asDouble(1),
                    params.path("max_sequence_length").asInt());
            List<Comparison> results = new ArrayList<>();
            inputs(results, promptEncoder, request, params, golden);
            sigmas(results, components.schedule(), request, golden);
            Map<String, float[]> seen;
            try (var prompts = components.prompts()) {
                seen = Probe.record(() -> generate(components, request, params, golden));
            }
            golden.compare(results, seen, "", Tolerance.PIPELINE);
            return results;
        }
    }

    private static void generate(
            FluxComponents components, FluxRequest request, JsonNode params, GoldenTensors golden) {
        Tensor noise = golden.tensor("in.noise");
        var timings = new Timings();
        if (golden.has("in.mask_uint8")) {
            Noise draws = shapes -> List.of(noise, noise, golden.tensor("in.vae_sample_eps"));
            new FluxFillPipeline(components)
                    .generate(
                            request,
                            golden.picture("in.image_uint8"),
                            golden.picture("in.mask_uint8"),
                            draws,
                            Progress.NONE,
                            timings);
        } else if (golden.has("in.image_uint8")) {
            KontextSizes sizes = kontextSizes(params);
            new FluxKontextPipeline(components, sizes)
                    .generate(
                            request,
                            golden.picture("in.image_uint8"),
                            shapes -> List.of(noise),
                            Progress.NONE,
                            timings);
        } else {
            Noise draws = params.has("noise_seed")
                    ? Noise.seeded(params.path("noise_seed").asLong(), DType.FLOAT32)
                    : shapes -> List.of(noise);
            new FluxPipeline(components).generate(request, draws, Progress.NONE, timings);
        }
    }

    /** The size that the reference computed at, for the one that it was asked for. */
    private static Size size(JsonNode params, GoldenTensors golden) {
        Size asked =
                new Size(params.path("width").asInt(), params.path("height").asInt());
        boolean kontext = golden.has("in.image_uint8") && !golden.has("in.mask_uint8");
        return kontext ? kontextSizes(params).generated(asked) : asked.floorTo(FluxRequest.MULTIPLE);
    }

    private static KontextSizes kontextSizes(JsonNode params) {
        return new KontextSizes(
                params.path("max_area").asInt(1024 * 1024),
                params.path("auto_resize").asBoolean(true));
    }

    private static void inputs(
            List<Comparison> results,
            FluxPromptEncoder encoder,
            FluxRequest request,
            JsonNode params,
            GoldenTensors golden) {
        if (golden.has("in.clip_ids")) {
            results.add(Comparison.equal(
                    "in.clip_ids",
                    GoldenValues.list(encoder.tokenizer().encode(request.prompt())),
                    GoldenValues.list(golden.longs("in.clip_ids"))));
            results.add(Comparison.equal(
                    "in.t5_ids",
                    GoldenValues.list(encoder.tokenizer2().encode(request.prompt(), request.maxSequenceLength())),
                    GoldenValues.list(golden.longs("in.t5_ids"))));
        }
        if (params.has("noise_seed")) {
            float[] drawn = Operators.randn(params.path("noise_seed").asLong(), DType.FLOAT32, golden.shape("in.noise"))
                    .getFirst()
                    .toFloats();
            results.add(Comparison.of("in.noise", drawn, golden.floats("in.noise"), Tolerance.SIGMAS));
        }
    }

    private static void sigmas(
            List<Comparison> results, FlowMatchSchedule schedule, FluxRequest request, GoldenTensors golden) {
        if (golden.has("sigmas")) {
            int tokens = request.size().width() / 16 * (request.size().height() / 16);
            double[] sigmas = schedule.sigmas(request.steps(), tokens);
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
