package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.diffusion.Run;
import dev.darkroom.diffusion.StepCache;
import dev.darkroom.flux.FluxCheckpoint;
import dev.darkroom.flux.FluxPipeline;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.Timings;
import dev.darkroom.model.Sources;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.text.tokenizer.ClipTokenizer;
import dev.darkroom.text.tokenizer.T5Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/** The goldens of the pocket checkpoint: an {@code index.json} of pipeline runs, with their pictures, and token ids of awkward texts. */
final class PocketGoldens {
    private final Path folder;
    private final Path checkpoint;

    private PocketGoldens(Path folder, Path checkpoint) {
        this.folder = folder;
        this.checkpoint = checkpoint;
    }

    static List<GoldenCase> cases(Path folder, Path checkpoint) {
        var goldens = new PocketGoldens(folder, checkpoint);
        List<GoldenCase> cases = new ArrayList<>();
        cases.add(new GoldenCase("pocket-flux/tokens", goldens::tokens));
        for (JsonNode entry : GoldenValues.read(folder.resolve("index.json")).path("cases")) {
            cases.add(new GoldenCase("pocket-flux/" + entry.path("name").asText(), () -> goldens.run(entry)));
        }
        return cases;
    }

    private List<Comparison> tokens() {
        ClipTokenizer clip = ClipTokenizer.read(checkpoint.resolve("tokenizer"), 77);
        T5Tokenizer t5 = T5Tokenizer.read(checkpoint.resolve("tokenizer_2"));
        List<Comparison> results = new ArrayList<>();
        JsonNode tokens = GoldenValues.read(folder.resolve("tokens.json"));
        tokens.path("clip")
                .properties()
                .forEach(text -> results.add(Comparison.equal(
                        "clip ids of '" + text.getKey() + "'",
                        GoldenValues.list(clip.encode(text.getKey())),
                        GoldenValues.list(text.getValue()))));
        tokens.path("t5")
                .properties()
                .forEach(text -> results.add(Comparison.equal(
                        "t5 ids of '" + text.getKey() + "'",
                        GoldenValues.list(
                                t5.encode(text.getKey(), text.getValue().size())),
                        GoldenValues.list(text.getValue()))));
        return results;
    }

    private List<Comparison> run(JsonNode entry) {
        GoldenTensors golden =
                GoldenTensors.read(folder.resolve(entry.path("file").asText()));
        try (var scope = Scope.open("golden");
                var files = new Checkpoint("golden", checkpoint)) {
            FluxCheckpoint flux = FluxPipelineGoldens.loaded(files);
            var run = new Run(
                    entry.path("prompt").asText(),
                    null,
                    new Size(entry.path("width").asInt(), entry.path("height").asInt()),
                    entry.path("steps").asInt(),
                    null,
                    1,
                    null,
                    (int) golden.shape("t5_input_ids")[1],
                    PipelineGoldens.schedule(checkpoint.resolve("scheduler")),
                    "",
                    StepCache.OFF);
            Tensor noise = golden.tensor("noise");
            Picture[] picture = new Picture[1];
            Map<String, float[]> seen = Probe.record(() -> picture[0] = new FluxPipeline(flux)
                    .generate(run, Sources.NONE, shapes -> List.of(noise), Progress.NONE, new Timings())
                    .getFirst());
            List<Comparison> results = new ArrayList<>();
            compare(results, seen, "prompt_embeds", golden, "prompt_embeds", Tolerance.NETWORK);
            compare(results, seen, "pooled_prompt_embeds", golden, "pooled_prompt_embeds", Tolerance.NETWORK);
            for (int i = 0; i < run.steps(); i++) {
                compare(results, seen, "step." + i + ".latents", golden, "latents_step_" + i, Tolerance.PIPELINE);
            }
            compare(results, seen, "out.image", golden, "image", Tolerance.PIPELINE);
            results.add(png(picture[0], folder.resolve(entry.path("png").asText())));
            return results;
        }
    }

    /** A level may be rounded the other way. */
    private static Comparison png(Picture picture, Path file) {
        try {
            Picture expected = Picture.of(ImageIO.read(file.toFile()));
            return Comparison.of(
                    "picture",
                    GoldenValues.levels(picture.rgb()),
                    GoldenValues.levels(expected.rgb()),
                    new Tolerance(1, Double.POSITIVE_INFINITY));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void compare(
            List<Comparison> results,
            Map<String, float[]> seen,
            String probe,
            GoldenTensors golden,
            String name,
            Tolerance tolerance) {
        float[] values = seen.getOrDefault(probe, new float[0]);
        results.add(Comparison.of(name, Arrays.copyOf(values, values.length), golden.floats(name), tolerance));
    }
}
