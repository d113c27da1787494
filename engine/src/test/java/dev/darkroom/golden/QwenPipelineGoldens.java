package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.diffusion.Run;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Timings;
import dev.darkroom.model.Demand;
import dev.darkroom.model.Sources;
import dev.darkroom.qwenimage.EditStyle;
import dev.darkroom.qwenimage.QwenImageCheckpoint;
import dev.darkroom.qwenimage.QwenImageEditPipeline;
import dev.darkroom.qwenimage.QwenImagePipeline;
import dev.darkroom.schedule.Noise;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.text.Qwen2VlImageProcessor;
import java.util.ArrayList;
import java.util.List;

/** Goldens of Qwen-Image's pipelines: embeds, image latents, guidance, every step, the picture. */
final class QwenPipelineGoldens {
    private QwenPipelineGoldens() {}

    static List<Comparison> compare(GoldenFile.Components components, JsonNode params, GoldenTensors golden) {
        try (var scope = Scope.open("golden");
                var files = new Checkpoint("golden", components::folder)) {
            QwenImageCheckpoint qwen =
                    QwenImageCheckpoint.of(files, Qwen2VlImageProcessor.readIfPresent(components.folder("processor")));
            PipelineGoldens.RESIDENCY.prepare(files.networks(), Demand.NONE, Progress.NONE);
            Run run = PipelineGoldens.run(params, PipelineGoldens.size(params), null, components.folder("scheduler"));
            List<Comparison> results = new ArrayList<>();
            PipelineGoldens.compare(results, run, params, golden, () -> generate(qwen, run, params, golden));
            return results;
        }
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
}
