package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.diffusion.Run;
import dev.darkroom.diffusion.StepCache;
import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.flux2.Flux2Checkpoint;
import dev.darkroom.flux2.Flux2Pipeline;
import dev.darkroom.flux2.Flux2Positions;
import dev.darkroom.flux2.ReferenceSizes;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.Timings;
import dev.darkroom.model.Demand;
import dev.darkroom.model.Sources;
import dev.darkroom.schedule.Noise;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Goldens of FLUX.2's pipelines: ids, embeds, positions, references, every step, the picture. */
final class Flux2PipelineGoldens {
    private Flux2PipelineGoldens() {}

    static List<Comparison> compare(GoldenFile.Components components, JsonNode params, GoldenTensors golden) {
        try (var scope = Scope.open("golden");
                var files = new Checkpoint("golden", components::folder)) {
            Flux2Checkpoint flux2 = Flux2Checkpoint.of(
                    files, ConfigFile.read(components.folder("transformer").resolveSibling("model_index.json")));
            PipelineGoldens.RESIDENCY.prepare(files.networks(), Demand.NONE, Progress.NONE);
            List<Comparison> results = new ArrayList<>();
            JsonNode prompts = params.path("prompt");
            for (int i = 0; i < Math.max(1, prompts.size()); i++) {
                String prompt = prompts.isArray() ? prompts.path(i).asText() : prompts.asText();
                compare(results, flux2, run(flux2, params, prompt, components), params, golden, i);
            }
            return results;
        }
    }

    private static Run run(Flux2Checkpoint flux2, JsonNode params, String prompt, GoldenFile.Components components) {
        boolean embedded = flux2.config().guidanceEmbeds();
        boolean cfg = !embedded && !params.path("is_distilled").asBoolean(true);
        double guidance = params.path("guidance_scale").asDouble();
        return new Run(
                prompt,
                cfg ? "" : null,
                new Size(
                        params.path("out_width").asInt(params.path("width").asInt()),
                        params.path("out_height").asInt(params.path("height").asInt())),
                params.path("num_inference_steps").asInt(),
                embedded ? guidance : null,
                cfg ? guidance : 1,
                null,
                params.path("max_sequence_length").asInt(512),
                flux2.schedule(PipelineGoldens.schedule(components.folder("scheduler"))),
                "",
                StepCache.OFF);
    }

    /** Compares the picture of one row of the batch. */
    private static void compare(
            List<Comparison> results, Flux2Checkpoint flux2, Run run, JsonNode params, GoldenTensors golden, int row) {
        var pipeline = new Flux2Pipeline(flux2, ReferenceSizes.STANDARD);
        List<Picture> images = new ArrayList<>();
        while (golden.has("in.image" + images.size() + "_uint8")) {
            images.add(golden.picture("in.image" + images.size() + "_uint8"));
        }
        List<Size> sizes = images.stream().map(Picture::size).toList();
        if (params.path("width").isNull()) {
            results.add(Comparison.equal(
                    "size", pipeline.sizes(null, sizes, pipeline.defaults()).generated(), run.size()));
        }
        results.add(Comparison.equal(
                "in.input_ids",
                GoldenValues.list(flux2.promptEncoder()
                        .ids()
                        .apply(run.prompt(), run.maxSequenceLength())
                        .ids()),
                GoldenValues.list(Qwen3Goldens.row(golden, "in.input_ids", row))));
        positions(results, run, sizes, golden);
        Noise draws = shapes -> List.of(golden.tensor("in.noise").narrow(0, row, 1));
        Runnable generate =
                () -> pipeline.generate(run, new Sources(images, null, List.of()), draws, Progress.NONE, new Timings());
        noise(results, params, golden);
        if (golden.shape("in.noise")[0] == 1) {
            PipelineGoldens.compare(
                    results, run, ((ObjectNode) params).deepCopy().without(List.of("noise_seed")), golden, generate);
            return;
        }
        Probe.record(generate).forEach((name, values) -> {
            if (golden.has(name)) {
                float[] all = golden.floats(name);
                int each = all.length / (int) golden.shape(name)[0];
                results.add(Comparison.of(
                        name + " of picture " + row,
                        values,
                        Arrays.copyOfRange(all, row * each, (row + 1) * each),
                        Tolerance.PIPELINE));
            }
        });
    }

    /** Compares what is drawn, the channels of tokens first: some of the files come from a processor whose last bits are others. */
    private static void noise(List<Comparison> results, JsonNode params, GoldenTensors golden) {
        float[] drawn = Operators.randn(params.path("noise_seed").asLong(), DType.FLOAT32, golden.shape("in.noise"))
                .getFirst()
                .toFloats();
        results.add(Comparison.of("in.noise", drawn, golden.floats("in.noise"), Tolerance.NETWORK));
    }

    private static void positions(List<Comparison> results, Run run, List<Size> images, GoldenTensors golden) {
        var grids = Stream.concat(
                        Stream.of(run.grid()),
                        images.stream().map(ReferenceSizes.STANDARD::of).map(TokenGrid::of))
                .toList();
        float[] text = firstOf(golden, "mid.txt_ids");
        float[] image = firstOf(golden, "mid.img_ids");
        results.add(Comparison.of(
                "mid.txt_ids and mid.img_ids",
                new Flux2Positions(run.maxSequenceLength(), grids).ids().toFloats(),
                GoldenValues.join(List.of(text, Arrays.copyOf(image, 4 * imageTokens(grids)))),
                Tolerance.EXACT));
    }

    /** All that are given, of which a golden may have those of the generated picture alone. */
    private static int imageTokens(List<TokenGrid> grids) {
        return grids.stream().mapToInt(TokenGrid::tokens).sum();
    }

    private static float[] firstOf(GoldenTensors golden, String name) {
        float[] all = golden.floats(name);
        return Arrays.copyOf(all, all.length / (int) golden.shape(name)[0]);
    }
}
