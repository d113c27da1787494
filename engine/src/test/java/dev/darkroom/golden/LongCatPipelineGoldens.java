package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.diffusion.Run;
import dev.darkroom.diffusion.StepCache;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.Timings;
import dev.darkroom.longcat.LongCatCheckpoint;
import dev.darkroom.longcat.LongCatEdits;
import dev.darkroom.longcat.LongCatNetworks;
import dev.darkroom.longcat.LongCatPipeline;
import dev.darkroom.model.Demand;
import dev.darkroom.model.Sources;
import dev.darkroom.schedule.Noise;
import dev.darkroom.sight.Reference;
import dev.darkroom.tensor.Scope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Goldens of LongCat-Image's pipelines: ids, what is seen of a picture, embeds, positions, guidance, every step, the picture. */
final class LongCatPipelineGoldens {
    private LongCatPipelineGoldens() {}

    static List<Comparison> compare(GoldenFile.Components components, JsonNode params, GoldenTensors golden) {
        try (var scope = Scope.open("golden");
                var files = new Checkpoint("golden", components::folder)) {
            LongCatCheckpoint longcat = LongCatNetworks.checkpoint(files);
            PipelineGoldens.RESIDENCY.prepare(files.networks(), Demand.NONE, Progress.NONE);
            Run run = run(params, components.folder("scheduler"));
            List<Comparison> results = new ArrayList<>();
            var edit = new LongCatEdits(params.path("reference_area").asLong(), false);
            List<Picture> images = golden.has("in.image_uint8") ? List.of(golden.picture("in.image_uint8")) : List.of();
            List<Reference> references = images.stream().map(edit::reference).toList();
            references.forEach(reference -> pictures(results, edit, images.getFirst(), reference, golden));
            prompts(results, longcat, run, references, golden);
            Noise draws = shapes -> List.of(golden.tensor("in.noise"));
            PipelineGoldens.compare(results, run, params, golden, () -> {
                boolean edits = !images.isEmpty();
                boolean renorm = !edits && params.path("enable_cfg_renorm").asBoolean(true);
                new LongCatPipeline(longcat, edits ? Optional.of(edit) : Optional.empty(), renorm)
                        .generate(run, new Sources(images, null, List.of()), draws, Progress.NONE, new Timings());
            });
            return results;
        }
    }

    private static Run run(JsonNode params, Path scheduler) {
        return new Run(
                params.path("prompt").asText(),
                params.path("negative_prompt").asText(""),
                size(params),
                params.path("num_inference_steps").asInt(),
                null,
                params.path("guidance_scale").asDouble(),
                null,
                params.path("tokenizer_max_length").asInt(),
                PipelineGoldens.schedule(scheduler),
                "",
                StepCache.OFF);
    }

    private static Size size(JsonNode params) {
        return params.has("output_wh") ? GoldenValues.size(params.path("output_wh")) : PipelineGoldens.size(params);
    }

    private static void pictures(
            List<Comparison> results, LongCatEdits edit, Picture image, Reference reference, GoldenTensors golden) {
        long[] shape = golden.shape("out.image");
        results.add(Comparison.equal("size", edit.generated(image.size()), new Size((int) shape[3], (int) shape[2])));
        results.add(levels("mid.vae_image_uint8", reference.at(reference.latents()), golden));
        results.add(levels("mid.vl_image_uint8", reference.at(reference.condition()), golden));
    }

    private static Comparison levels(String name, Picture picture, GoldenTensors golden) {
        return Comparison.of(name, GoldenValues.levels(picture.rgb()), golden.floats(name), Tolerance.EXACT);
    }

    private static void prompts(
            List<Comparison> results,
            LongCatCheckpoint longcat,
            Run run,
            List<Reference> references,
            GoldenTensors golden) {
        LongCatGoldens.ids(results, longcat.promptEncoder(), run.prompt(), references, golden, "in.", 0);
        if (golden.has("in.negative_input_ids")) {
            String negative = String.valueOf(run.negativePrompt());
            LongCatGoldens.ids(results, longcat.promptEncoder(), negative, references, golden, "in.negative_", 0);
        }
    }
}
