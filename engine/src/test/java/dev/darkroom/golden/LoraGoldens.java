package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.engine.Families;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.job.JobException;
import dev.darkroom.job.LoraFile;
import dev.darkroom.lora.Loras;
import dev.darkroom.tensor.Scope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Goldens of LoRA files: what the reference's loaders make of each. What they apply must give their output and change what they change;
 * where they leave out a part of what a file means, and the manifest has the output of the whole, that is compared; what they refuse must
 * be refused by name.
 */
final class LoraGoldens {
    static final String NAME = "lora";

    private static final Tolerance DELTA = new Tolerance(2e-6, 2e-6);
    private static final double NORM_RELATIVE = 2e-4;
    private static final double NORM_ABSOLUTE = 1e-6;
    private static final List<Double> SCALES = List.of(1.0, 0.6);

    private final Path folder;
    private final Checkpoints checkpoints;
    private final JsonNode entry;

    private LoraGoldens(Path folder, Checkpoints checkpoints, JsonNode entry) {
        this.folder = folder;
        this.checkpoints = checkpoints;
        this.entry = entry;
    }

    /** True for a manifest of LoRA files. */
    static boolean has(Path manifest) {
        JsonNode cases = GoldenValues.read(manifest).path("cases");
        return cases.isObject() && !cases.isEmpty() && cases.elements().next().has("base");
    }

    static List<GoldenCase> cases(Path folder, Checkpoints checkpoints) {
        List<GoldenCase> cases = new ArrayList<>();
        GoldenValues.read(folder.resolve("manifest.json"))
                .path("cases")
                .properties()
                .forEach(entry -> cases.add(new GoldenCase(
                        NAME + "/" + entry.getKey(),
                        () -> new LoraGoldens(folder, checkpoints, entry.getValue()).compare(entry.getKey()))));
        return cases;
    }

    private List<Comparison> compare(String name) {
        boolean applies =
                entry.path("accepts").asBoolean() && !entry.path("effective").isEmpty();
        boolean meaning = entry.has("meaning");
        try (LoraNetworks networks = LoraNetworks.load(folder, checkpoints, entry);
                var loras = Families.loras(1 << 24)) {
            if (!applies && !meaning) {
                return List.of(refused(networks, loras));
            }
            GoldenTensors golden = GoldenTensors.read(folder.resolve(name + ".result.safetensors"));
            List<Comparison> results = new ArrayList<>();
            for (double scale : SCALES) {
                compare(results, networks, loras, golden, scale);
            }
            return results;
        }
    }

    private Comparison refused(LoraNetworks networks, Loras loras) {
        try (var adapted = loras.attach(files(1), networks.adaptable())) {
            return Comparison.equal("what the loader refuses", "applied, with notes " + adapted.notes(), "refused");
        } catch (JobException e) {
            return Comparison.equal(
                    "what the loader refuses",
                    e.code() == JobException.Code.BAD_INPUT
                            && String.valueOf(e.getMessage()).startsWith("loras["),
                    true);
        }
    }

    private void compare(
            List<Comparison> results, LoraNetworks networks, Loras loras, GoldenTensors golden, double scale) {
        String at = "scale" + (scale == 1 ? "1" : Double.toString(scale));
        boolean meaning = entry.has("meaning");
        String out = (meaning ? "meaning." : "") + "out." + at;
        if (!golden.has(out)) {
            return;
        }
        try (var scope = Scope.open("golden");
                var adapted = loras.attach(files(scale), networks.adaptable())) {
            String exact = golden.has(out + ".float32") ? out + ".float32" : out;
            results.add(Comparison.of(exact, networks.output(golden), golden.floats(exact), Tolerance.NETWORK));
            networks.clip(results, golden, at);
            if (!meaning && scale == 1) {
                changes(results, networks.changes(), golden);
            }
            results.add(Comparison.equal(
                    "notes name their LoRA",
                    adapted.notes().stream().allMatch(note -> note.startsWith("loras[")),
                    true));
        }
    }

    /** Compares what changed, parameter by parameter; nothing else may. */
    private void changes(List<Comparison> results, Map<String, float[]> changes, GoldenTensors golden) {
        Map<String, Double> effective = new TreeMap<>();
        entry.path("effective")
                .properties()
                .forEach(parameter ->
                        effective.put(parameter.getKey(), parameter.getValue().asDouble()));
        results.add(Comparison.equal("changed parameters", changes.keySet(), effective.keySet()));
        effective.forEach((parameter, norm) -> {
            double actual = norm(changes.getOrDefault(parameter, new float[0]));
            double difference = Math.abs(actual - norm);
            results.add(new Comparison(
                    "effective." + parameter,
                    difference,
                    difference / norm,
                    new Tolerance(Math.max(NORM_ABSOLUTE, NORM_RELATIVE * norm), Double.POSITIVE_INFINITY)));
        });
        golden.header().entries().keySet().stream()
                .filter(tensor -> tensor.startsWith("delta."))
                .forEach(tensor -> results.add(Comparison.of(
                        tensor,
                        changes.getOrDefault(tensor.substring("delta.".length()), new float[0]),
                        golden.floats(tensor),
                        DELTA)));
    }

    private static double norm(float[] numbers) {
        double sum = 0;
        for (float number : numbers) {
            sum += (double) number * number;
        }
        return Math.sqrt(sum);
    }

    /** The case's LoRAs, each with its own scale times this one. */
    private List<LoraFile> files(double scale) {
        List<LoraFile> files = new ArrayList<>();
        if (entry.has("file")) {
            files.add(file(entry.path("file").asText(), scale));
        }
        entry.path("files")
                .forEach(file -> files.add(
                        file(file.path("file").asText(), file.path("scale").asDouble() * scale)));
        return files;
    }

    private LoraFile file(String name, double scale) {
        Path file = folder.resolve(name);
        return new LoraFile(file, file.toString(), name, scale);
    }
}
