package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.Timings;
import dev.darkroom.qwenimage.EditStyle;
import dev.darkroom.qwenimage.Encoded;
import dev.darkroom.qwenimage.QwenComponents;
import dev.darkroom.qwenimage.QwenImageEditPipeline;
import dev.darkroom.qwenimage.QwenImageLoader;
import dev.darkroom.qwenimage.QwenImagePipeline;
import dev.darkroom.qwenimage.QwenImagePromptEncoder;
import dev.darkroom.qwenimage.QwenImageTransformer;
import dev.darkroom.qwenimage.QwenRequest;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.schedule.Noise;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.text.Qwen25VlEncoder;
import dev.darkroom.vae.AutoencoderKLQwenImage;
import dev.darkroom.weights.Loaded;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Goldens of Qwen-Image's pipelines: embeds, image latents, guidance, every step, the picture. */
final class QwenPipelineGoldens {
    private static final long MOST_BYTES = 1 << 28;

    private QwenPipelineGoldens() {}

    /** The networks of a pipeline, loaded. */
    record Networks(
            Loaded<Qwen25VlEncoder> textEncoder,
            Loaded<QwenImageTransformer> transformer,
            Loaded<AutoencoderKLQwenImage> vae,
            QwenImagePromptEncoder promptEncoder,
            Encoded memory)
            implements AutoCloseable {
        QwenComponents components(FlowMatchSchedule schedule) {
            return new QwenComponents(promptEncoder, transformer.network(), vae.network(), schedule, memory, "");
        }

        @Override
        public void close() {
            memory.close();
            textEncoder.close();
            transformer.close();
            vae.close();
        }
    }

    /** Loads a checkpoint whose components may lie elsewhere. */
    static Networks networks(Function<String, Path> component) {
        var textEncoder = QwenImageLoader.textEncoder(component.apply("text_encoder"), NetworkGoldens.CPU);
        var transformer = QwenImageLoader.transformer(component.apply("transformer"), NetworkGoldens.CPU);
        var vae = QwenImageLoader.vae(component.apply("vae"), NetworkGoldens.CPU);
        var promptEncoder = QwenImageLoader.promptEncoder(
                component.apply("tokenizer"), component.apply("processor"), textEncoder.network());
        return new Networks(textEncoder, transformer, vae, promptEncoder, Encoded.within(MOST_BYTES));
    }

    static List<Comparison> compare(
            Path scheduler, Function<String, Path> component, JsonNode params, GoldenTensors golden) {
        try (var scope = Scope.open("golden");
                var networks = networks(component)) {
            QwenComponents components = networks.components(PipelineGoldens.schedule(scheduler));
            List<Comparison> results = new ArrayList<>();
            noise(results, params, golden);
            QwenRequest request = request(params);
            sigmas(results, components.schedule(), request.size(), request.steps(), golden);
            Map<String, float[]> seen = Probe.record(() -> generate(components, request, params, golden));
            golden.compare(results, seen, "", Tolerance.PIPELINE);
            golden.header().entries().keySet().stream()
                    .filter(name -> name.contains("_every"))
                    .forEach(name -> results.add(everyFew(name, seen, golden)));
            return results;
        }
    }

    private static QwenRequest request(JsonNode params) {
        return new QwenRequest(
                params.path("prompt").asText(),
                params.hasNonNull("negative_prompt")
                        ? params.path("negative_prompt").asText()
                        : null,
                new Size(params.path("width").asInt(), params.path("height").asInt()),
                params.path("num_inference_steps").asInt(),
                params.path("true_cfg_scale").asDouble(1),
                params.path("max_sequence_length").asInt(512));
    }

    private static void generate(
            QwenComponents components, QwenRequest request, JsonNode params, GoldenTensors golden) {
        Tensor noise = golden.tensor("in.noise");
        Noise draws = shapes -> List.of(noise);
        List<Picture> images = new ArrayList<>();
        for (int i = 0; golden.has("in.image" + i + "_uint8"); i++) {
            images.add(golden.picture("in.image" + i + "_uint8"));
        }
        if (images.isEmpty()) {
            new QwenImagePipeline(components).generate(request, draws, Progress.NONE, new Timings());
        } else {
            long referenceArea = params.path("reference_area").asLong(1024 * 1024);
            EditStyle style = params.hasNonNull("condition_area")
                    ? new EditStyle.Plus(
                            referenceArea, params.path("condition_area").asLong())
                    : new EditStyle.Single(referenceArea);
            new QwenImageEditPipeline(components, style).generate(request, images, draws, Progress.NONE, new Timings());
        }
    }

    /** A golden that holds only every n-th token of what a probe saw. */
    private static Comparison everyFew(String name, Map<String, float[]> seen, GoldenTensors golden) {
        String probe = name.substring(0, name.lastIndexOf("_every"));
        int every = Integer.parseInt(name.substring(name.lastIndexOf("_every") + "_every".length()));
        int width = (int) golden.shape(name)[2];
        float[] all = seen.getOrDefault(probe, new float[0]);
        float[] some = new float[Math.ceilDiv(all.length / width, every) * width];
        for (int token = 0; token * every < all.length / width; token++) {
            System.arraycopy(all, token * every * width, some, token * width, width);
        }
        return Comparison.of(name, some, golden.floats(name), Tolerance.NETWORK);
    }

    private static void noise(List<Comparison> results, JsonNode params, GoldenTensors golden) {
        if (params.has("noise_seed")) {
            float[] drawn = Operators.randn(params.path("noise_seed").asLong(), DType.FLOAT32, golden.shape("in.noise"))
                    .getFirst()
                    .toFloats();
            results.add(Comparison.of("in.noise", drawn, golden.floats("in.noise"), Tolerance.SIGMAS));
        }
    }

    private static void sigmas(
            List<Comparison> results, FlowMatchSchedule schedule, Size size, int steps, GoldenTensors golden) {
        if (golden.has("sigmas")) {
            double[] sigmas = schedule.sigmas(steps, size.width() / 16 * (size.height() / 16));
            float[] expected = golden.floats("sigmas");
            results.add(Comparison.of(
                    "sigmas",
                    Arrays.copyOf(sigmas, sigmas.length),
                    IntStream.range(0, expected.length)
                            .mapToDouble(i -> expected[i])
                            .toArray(),
                    Tolerance.SIGMAS));
        }
    }
}
