package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * The goldens of one family: a comparison for each kind of file.
 *
 * @param name of the folder that its goldens lie in
 * @param classes what the reference's classes are called in a manifest, in a folder of another name
 * @param pipelines how the pipelines of its checkpoints begin
 * @param whole a word in the name of the checkpoint that has all components
 * @param kinds comparisons by how a file's name begins; {@code pipeline} is also for runs of other names
 */
record GoldenFamily(
        String name,
        Pattern classes,
        String pipelines,
        String whole,
        Map<String, Function<GoldenFile, List<Comparison>>> kinds) {

    /** True if the manifest in a folder is of this family. */
    boolean has(Path folder, String manifest) {
        return folder.endsWith(name) || classes.matcher(manifest).find();
    }

    /** One case a file of a folder with a {@code manifest.json}; none for a pocket model whose checkpoint is not there. */
    List<GoldenCase> cases(Path folder, Checkpoints all) {
        String folderName = folder.getFileName().toString();
        Checkpoints checkpoints = all.ofFamily(pipelines).of(folderName);
        if (checkpoints.folders().isEmpty() && Checkpoints.isPocket(folderName)) {
            return List.of();
        }
        List<GoldenCase> cases = new ArrayList<>();
        GoldenValues.read(folder.resolve("manifest.json")).properties().forEach(entry -> {
            var file = new GoldenFile(folder.resolve(entry.getKey()), entry.getValue(), checkpoints, whole);
            if (Files.exists(file.path())) {
                cases.add(new GoldenCase(folderName + "/" + file.name(), () -> compare(file)));
            }
        });
        return cases;
    }

    private List<Comparison> compare(GoldenFile file) {
        String kind = kinds.keySet().stream()
                .filter(file.name()::startsWith)
                .findFirst()
                .orElse(file.isOfPipeline() ? "pipeline" : "");
        return Optional.ofNullable(kinds.get(kind))
                .orElseThrow(() -> new IllegalArgumentException("no comparison is known for " + file.name()))
                .apply(file);
    }

    /** Rows of a schedule: the checkpoint's own, the one of a checkpoint that the row names, or a config beside the rows. */
    static List<Comparison> schedules(GoldenFile file) {
        JsonNode golden = file.json();
        List<Comparison> results = new ArrayList<>();
        for (JsonNode row : golden.has("cases") ? golden.path("cases") : golden) {
            String checkpoint = row.path("config").asText(file.whole());
            var schedule = golden.has("config")
                    ? PipelineGoldens.schedule(golden.path("config"))
                    : PipelineGoldens.schedule(file.checkpoints()
                            .with("scheduler", checkpoint)
                            .getFirst()
                            .resolve("scheduler"));
            String label = row.has("config") ? checkpoint + " " : "";
            PipelineGoldens.schedule(results, label, schedule, row);
        }
        return results;
    }
}
