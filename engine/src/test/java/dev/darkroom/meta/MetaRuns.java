package dev.darkroom.meta;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** What {@link MetaMain} told, once for all tests. */
final class MetaRuns {
    private static final Map<String, JsonNode> LINES = lines();

    private MetaRuns() {}

    /** What was told of a scenario. */
    static JsonNode of(Scenario scenario) {
        return named(scenario.checkpoint() + ": " + scenario.name());
    }

    /** What was told of a scenario, by the name of its checkpoint and its own. */
    static JsonNode named(String scenario) {
        return Objects.requireNonNull(LINES.get(scenario), scenario);
    }

    private static Map<String, JsonNode> lines() {
        Map<String, JsonNode> lines = new LinkedHashMap<>();
        try {
            Path folder = Files.createTempDirectory("darkroom-meta");
            try {
                for (String line : MetaProcess.run(MetaMain.class, folder.toString())
                        .lines()
                        .toList()) {
                    JsonNode told = new ObjectMapper().readTree(line);
                    lines.put(told.path("scenario").asText(), told);
                }
            } finally {
                try (Stream<Path> files = Files.walk(folder)) {
                    files.sorted(Comparator.reverseOrder())
                            .forEach(file -> file.toFile().delete());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return lines;
    }
}
