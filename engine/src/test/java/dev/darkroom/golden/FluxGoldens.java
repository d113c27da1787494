package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.flux.KontextSizes;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.image.PilResize;
import dev.darkroom.job.Size;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.text.ClipTokenizer;
import dev.darkroom.text.T5Tokenizer;
import dev.darkroom.vae.ImageProcessor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The goldens of FLUX.1: one case a file of a manifest. A manifest may name the checkpoint of a file; else the one is taken whose name
 * the file's name holds, and where several fit, the first that agrees.
 */
final class FluxGoldens {
    private final Path folder;
    private final Checkpoints checkpoints;

    private FluxGoldens(Path folder, Checkpoints checkpoints) {
        this.folder = folder;
        this.checkpoints = checkpoints;
    }

    /** The cases of one folder with a {@code manifest.json}. */
    static List<GoldenCase> cases(Path folder, Checkpoints checkpoints) {
        var goldens = new FluxGoldens(folder, checkpoints);
        List<GoldenCase> cases = new ArrayList<>();
        GoldenValues.read(folder.resolve("manifest.json")).properties().forEach(entry -> {
            String file = entry.getKey();
            if (Files.exists(folder.resolve(file))) {
                cases.add(new GoldenCase("flux/" + file, () -> goldens.run(file, entry.getValue())));
            }
        });
        return cases;
    }

    private List<Comparison> run(String file, JsonNode entry) {
        Path path = folder.resolve(file);
        JsonNode params = entry.path("params");
        String variant = Checkpoints.variant(file, entry);
        if (file.startsWith("tokenizers")) {
            return tokenizers(GoldenValues.read(path));
        } else if (file.startsWith("scheduler")) {
            return scheduler(GoldenValues.read(path));
        } else if (file.startsWith("kontext_resolutions")) {
            return kontextResolutions(GoldenValues.read(path));
        } else if (file.startsWith("image_preprocess")) {
            return imagePreprocess(GoldenTensors.read(path), params);
        } else if (file.startsWith("clip_text")) {
            return checkpoints.firstThatAgrees(
                    "text_encoder", variant, checkpoint -> NetworkGoldens.clip(checkpoint, GoldenTensors.read(path)));
        } else if (file.startsWith("t5_encoder")) {
            return checkpoints.firstThatAgrees(
                    "text_encoder_2", variant, checkpoint -> NetworkGoldens.t5(checkpoint, GoldenTensors.read(path)));
        } else if (file.startsWith("vae_decode")) {
            return checkpoints.firstThatAgrees(
                    "vae", variant, checkpoint -> NetworkGoldens.vaeDecode(checkpoint, GoldenTensors.read(path)));
        } else if (file.startsWith("vae_encode")) {
            return checkpoints.firstThatAgrees(
                    "vae", variant, checkpoint -> NetworkGoldens.vaeEncode(checkpoint, GoldenTensors.read(path)));
        } else if (file.startsWith("transformer")) {
            return checkpoints.firstThatAgrees(
                    "transformer",
                    variant,
                    checkpoint -> NetworkGoldens.transformer(checkpoint, GoldenTensors.read(path)));
        } else if (file.startsWith("pipeline")) {
            return checkpoints.firstThatAgrees(
                    "transformer",
                    variant,
                    checkpoint -> PipelineGoldens.compare(
                            checkpoint, name -> component(checkpoint, name), params, GoldenTensors.read(path)));
        }
        throw new IllegalArgumentException("no comparison is known for " + file);
    }

    /** A component of a checkpoint, or of another one where the checkpoint has only what differs. */
    private Path component(Path checkpoint, String name) {
        return Files.isDirectory(checkpoint.resolve(name))
                ? checkpoint.resolve(name)
                : checkpoints
                        .with(name, checkpoint.getFileName().toString().replace("fill", "dev"), "dev")
                        .getFirst()
                        .resolve(name);
    }

    /** Every checkpoint whose tokenizers agree, at least one. */
    private List<Comparison> tokenizers(JsonNode rows) {
        List<List<Comparison>> all = checkpoints.with("tokenizer_2").stream()
                .map(checkpoint -> tokenizers(rows, checkpoint))
                .toList();
        List<Comparison> agreeing = all.stream()
                .filter(results -> results.stream().allMatch(Comparison::passes))
                .flatMap(List::stream)
                .toList();
        return agreeing.isEmpty() && !all.isEmpty() ? all.getFirst() : agreeing;
    }

    private static List<Comparison> tokenizers(JsonNode rows, Path checkpoint) {
        ClipTokenizer clip = ClipTokenizer.read(checkpoint.resolve("tokenizer"), 77);
        T5Tokenizer t5 = T5Tokenizer.read(checkpoint.resolve("tokenizer_2"));
        List<Comparison> results = new ArrayList<>();
        for (JsonNode row : rows) {
            String text = row.path("text").asText();
            row.properties().forEach(field -> {
                String label = checkpoint.getFileName() + " " + field.getKey() + " of '" + text + "'";
                String length = field.getKey().replaceAll(".*_", "");
                if (field.getKey().startsWith("clip_ids")) {
                    results.add(Comparison.equal(
                            label, GoldenValues.list(clip.encode(text)), GoldenValues.list(field.getValue())));
                } else if (field.getKey().startsWith("t5_ids")) {
                    results.add(Comparison.equal(
                            label,
                            GoldenValues.list(t5.encode(text, Integer.parseInt(length))),
                            GoldenValues.list(field.getValue())));
                }
            });
        }
        return results;
    }

    private List<Comparison> scheduler(JsonNode rows) {
        List<Comparison> results = new ArrayList<>();
        for (JsonNode row : rows) {
            FlowMatchSchedule schedule = PipelineGoldens.schedule(
                    checkpoints.with("scheduler", row.path("config").asText()).getFirst());
            String label = row.path("config").asText() + " " + row.path("steps") + " steps, "
                    + row.path("image_seq_len") + " tokens: ";
            int tokens = row.path("image_seq_len").asInt();
            double[] sigmas = schedule.sigmas(row.path("steps").asInt(), tokens);
            double[] timesteps = Arrays.stream(sigmas)
                    .limit(sigmas.length - 1)
                    .map(s -> 1000 * s)
                    .toArray();
            results.add(Comparison.of(
                    label + "mu",
                    new double[] {schedule.mu(tokens)},
                    new double[] {row.path("mu").asDouble()},
                    Tolerance.SIGMAS));
            results.add(Comparison.of(
                    label + "sigmas", sigmas, GoldenValues.doubles(row.path("sigmas")), Tolerance.SIGMAS));
            results.add(Comparison.of(
                    label + "timesteps", timesteps, GoldenValues.doubles(row.path("timesteps")), Tolerance.TIMESTEPS));
        }
        return results;
    }

    private static List<Comparison> kontextResolutions(JsonNode rules) {
        List<Comparison> results = new ArrayList<>();
        for (JsonNode row : rules.path("reference_image")) {
            results.add(Comparison.equal(
                    "reference " + row.path("image_wh"),
                    KontextSizes.STANDARD.reference(GoldenValues.size(row.path("image_wh"))),
                    GoldenValues.size(row.path("resized_wh"))));
        }
        for (JsonNode row : rules.path("output_size")) {
            results.add(Comparison.equal(
                    "output " + row.path("requested_wh"),
                    KontextSizes.STANDARD.generated(GoldenValues.size(row.path("requested_wh"))),
                    GoldenValues.size(row.path("output_wh"))));
        }
        return results;
    }

    private static List<Comparison> imagePreprocess(GoldenTensors golden, JsonNode params) {
        List<Comparison> results = new ArrayList<>();
        for (int i = 0; golden.has("case" + i + ".in"); i++) {
            String name = "case" + i;
            Size size = GoldenValues.size(params.path("cases").path(i).path("out_wh"));
            var in = golden.picture(name + ".in");
            results.add(Comparison.of(
                    name + ".resized",
                    GoldenValues.levels(PilResize.LANCZOS.apply(in, size).rgb()),
                    golden.floats(name + ".resized"),
                    Tolerance.EXACT));
            results.add(Comparison.of(
                    name + ".bicubic",
                    GoldenValues.levels(PilResize.BICUBIC.apply(in, size).rgb()),
                    golden.floats(name + ".bicubic"),
                    Tolerance.EXACT));
            try (var scope = Scope.open("preprocess")) {
                float[] out = ImageProcessor.preprocess(in, size, Device.CPU).toFloats();
                results.add(Comparison.of(name + ".out", out, golden.floats(name + ".out"), Tolerance.NETWORK));
            }
        }
        return results;
    }
}
