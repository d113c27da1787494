package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.diffusion.Run;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.Timings;
import dev.darkroom.model.Sources;
import dev.darkroom.qwenimage.EditStyle;
import dev.darkroom.qwenimage.QwenImageCheckpoint;
import dev.darkroom.qwenimage.QwenImageEditPipeline;
import dev.darkroom.qwenimage.QwenImagePipeline;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.schedule.Noise;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.text.Qwen2VlImageProcessor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Goldens of Qwen-Image's pipelines: embeds, image latents, guidance, every step, the picture. */
final class QwenPipelineGoldens {
    private QwenPipelineGoldens() {}

    static List<Comparison> compare(
            Path scheduler, Function<String, Path> component, JsonNode params, GoldenTensors golden) {
        try (var scope = Scope.open("golden");
                var files = new Checkpoint("golden", component)) {
            QwenImageCheckpoint qwen =
                    QwenImageCheckpoint.of(files, Qwen2VlImageProcessor.readIfPresent(component.apply("processor")));
            PipelineGoldens.FLOAT32.prepare(files.networks(), Progress.NONE);
            Run run = run(params, PipelineGoldens.schedule(scheduler));
            List<Comparison> results = new ArrayList<>();
            noise(results, params, golden);
            sigmas(results, run, golden);
            Map<String, float[]> seen = Probe.record(() -> generate(qwen, run, params, golden));
            golden.compare(results, seen, "", Tolerance.PIPELINE);
            golden.header().entries().keySet().stream()
                    .filter(name -> name.contains("_every"))
                    .forEach(name -> results.add(everyFew(name, seen, golden)));
            return results;
        }
    }

    private static Run run(JsonNode params, FlowMatchSchedule schedule) {
        return new Run(
                params.path("prompt").asText(),
                params.hasNonNull("negative_prompt")
                        ? params.path("negative_prompt").asText()
                        : null,
                new Size(params.path("width").asInt(), params.path("height").asInt()),
                params.path("num_inference_steps").asInt(),
                null,
                params.path("true_cfg_scale").asDouble(1),
                null,
                params.path("max_sequence_length").asInt(512),
                schedule,
                "");
    }

    private static void generate(QwenImageCheckpoint qwen, Run run, JsonNode params, GoldenTensors golden) {
        Tensor noise = golden.tensor("in.noise");
        Noise draws = shapes -> List.of(noise);
        List<Picture> images = new ArrayList<>();
        for (int i = 0; golden.has("in.image" + i + "_uint8"); i++) {
            images.add(golden.picture("in.image" + i + "_uint8"));
        }
        if (images.isEmpty()) {
            new QwenImagePipeline(qwen).generate(run, Sources.NONE, draws, Progress.NONE, new Timings());
        } else {
            long referenceArea = params.path("reference_area").asLong(1024 * 1024);
            EditStyle style = params.hasNonNull("condition_area")
                    ? new EditStyle.Plus(
                            referenceArea, params.path("condition_area").asLong())
                    : new EditStyle.Single(referenceArea);
            var sources = new Sources(images, null, List.of());
            new QwenImageEditPipeline(qwen, style).generate(run, sources, draws, Progress.NONE, new Timings());
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

    private static void sigmas(List<Comparison> results, Run run, GoldenTensors golden) {
        if (golden.has("sigmas")) {
            double[] sigmas = run.sigmas();
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
