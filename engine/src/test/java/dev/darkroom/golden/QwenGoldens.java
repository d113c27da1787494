package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.qwenimage.Dimensions;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.weights.ConfigFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The goldens of Qwen-Image: one case a file of a manifest. Checkpoints are found as {@link FluxGoldens} finds them. */
final class QwenGoldens {
    private final Path folder;
    private final Checkpoints checkpoints;

    private QwenGoldens(Path folder, Checkpoints checkpoints) {
        this.folder = folder;
        this.checkpoints = checkpoints;
    }

    /** The cases of one folder with a {@code manifest.json}. */
    static List<GoldenCase> cases(Path folder, Checkpoints all) {
        Checkpoints checkpoints = all.of(folder.getFileName().toString());
        if (checkpoints.folders().isEmpty()) {
            return List.of();
        }
        var goldens = new QwenGoldens(folder, checkpoints);
        List<GoldenCase> cases = new ArrayList<>();
        GoldenValues.read(folder.resolve("manifest.json")).properties().forEach(entry -> {
            String file = entry.getKey();
            if (Files.exists(folder.resolve(file))) {
                cases.add(new GoldenCase(folder.getFileName() + "/" + file, () -> goldens.run(file, entry.getValue())));
            }
        });
        return cases;
    }

    private List<Comparison> run(String file, JsonNode entry) {
        Path path = folder.resolve(file);
        JsonNode params = entry.path("params");
        String variant = Checkpoints.variant(file, entry);
        if (file.startsWith("tokenizers")) {
            return checkpoints.firstThatAgrees(
                    "processor",
                    variant,
                    checkpoint -> QwenTextGoldens.tokenizers(checkpoint, GoldenValues.read(path)));
        } else if (file.startsWith("image_processor")) {
            return checkpoints.firstThatAgrees(
                    "processor",
                    variant,
                    checkpoint -> QwenTextGoldens.imageProcessor(checkpoint, GoldenTensors.read(path)));
        } else if (file.startsWith("vision")) {
            return checkpoints.firstThatAgrees(
                    "text_encoder",
                    variant,
                    checkpoint -> QwenTextGoldens.vision(checkpoint, GoldenTensors.read(path)));
        } else if (file.startsWith("llm")) {
            return checkpoints.firstThatAgrees(
                    "text_encoder", variant, checkpoint -> QwenTextGoldens.llm(checkpoint, GoldenTensors.read(path)));
        } else if (file.startsWith("pipeline") || golden(entry)) {
            return checkpoints.firstThatAgrees(
                    "transformer",
                    variant,
                    checkpoint -> QwenPipelineGoldens.compare(
                            component(checkpoint, "scheduler").getParent(),
                            name -> component(checkpoint, name),
                            params,
                            GoldenTensors.read(path)));
        } else if (file.startsWith("scheduler")) {
            return scheduler(GoldenValues.read(path));
        } else if (file.startsWith("sizes")) {
            return sizes(GoldenValues.read(path));
        } else if (file.startsWith("vae_decode")) {
            return checkpoints.firstThatAgrees(
                    "vae", variant, checkpoint -> QwenNetworkGoldens.vaeDecode(checkpoint, GoldenTensors.read(path)));
        } else if (file.startsWith("vae_encode")) {
            return checkpoints.firstThatAgrees(
                    "vae", variant, checkpoint -> QwenNetworkGoldens.vaeEncode(checkpoint, GoldenTensors.read(path)));
        } else if (file.startsWith("transformer")) {
            return checkpoints.firstThatAgrees(
                    "transformer",
                    variant,
                    checkpoint -> QwenNetworkGoldens.transformer(checkpoint, params, GoldenTensors.read(path)));
        }
        throw new IllegalArgumentException("no comparison is known for " + file);
    }

    /** A pipeline's run under any name: what the pocket model's goldens are. */
    private static boolean golden(JsonNode entry) {
        return entry.path("tensors").has("out.image") && entry.path("tensors").has("in.noise");
    }

    /** A component of a checkpoint, or of another one where the checkpoint has only what differs. */
    private Path component(Path checkpoint, String name) {
        return Files.isDirectory(checkpoint.resolve(name))
                ? checkpoint.resolve(name)
                : checkpoints.with(name, "qwen").getFirst().resolve(name);
    }

    private static List<Comparison> sizes(JsonNode rules) {
        List<Comparison> results = new ArrayList<>(QwenTextGoldens.smartResize(rules.path("smart_resize")));
        for (JsonNode row : rules.path("calculate_dimensions")) {
            results.add(Comparison.equal(
                    row.path("target_area") + " in " + row.path("ratio_wh"),
                    Dimensions.of(row.path("target_area").asLong(), GoldenValues.size(row.path("ratio_wh"))),
                    GoldenValues.size(row.path("out_wh"))));
        }
        return results;
    }

    /** Rows of the checkpoint's own schedule, or of a config that stands beside them. */
    private List<Comparison> scheduler(JsonNode golden) {
        FlowMatchSchedule schedule = golden.has("config")
                ? FlowMatchSchedule.read(ConfigFile.parse(
                        "scheduler golden", golden.path("config").toString()))
                : PipelineGoldens.schedule(checkpoints.with("scheduler", "qwen").getFirst());
        List<Comparison> results = new ArrayList<>();
        for (JsonNode row : golden.has("cases") ? golden.path("cases") : golden) {
            int steps = row.path("steps").asInt();
            int tokens = row.path("image_seq_len").asInt();
            String label = steps + " steps, " + tokens + " tokens: ";
            results.add(Comparison.of(
                    label + "mu",
                    new double[] {schedule.mu(tokens)},
                    new double[] {row.path("mu").asDouble()},
                    Tolerance.SIGMAS));
            if (row.path("sigmas").path(0).isTextual()) {
                continue; // the reference divides 0 by 0 where one step is to be stretched
            }
            double[] sigmas = schedule.sigmas(steps, tokens);
            double[] timesteps =
                    Arrays.stream(sigmas).limit(steps).map(s -> 1000 * s).toArray();
            results.add(Comparison.of(
                    label + "sigmas", sigmas, GoldenValues.doubles(row.path("sigmas")), Tolerance.SIGMAS));
            results.add(Comparison.of(
                    label + "timesteps", timesteps, GoldenValues.doubles(row.path("timesteps")), Tolerance.TIMESTEPS));
        }
        return results;
    }
}
