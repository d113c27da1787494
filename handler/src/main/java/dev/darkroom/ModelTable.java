package dev.darkroom;

import dev.darkroom.hub.ModelLicense;
import dev.darkroom.hub.ModelSource;
import dev.darkroom.hub.Models;
import dev.darkroom.settings.Environment;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Prints the models of the settings: where each lies, under which licence, and whether it is here. Nothing is loaded or downloaded. */
final class ModelTable {
    private static final List<String> HEAD = List.of("model", "state", "size", "licence", "source");

    private final WorkerConfig config;
    private final PrintStream out;

    ModelTable(Map<String, String> variables, PrintStream out) {
        this.config = new Environment(variables, WorkerConfig.class).read(WorkerConfig.class);
        this.out = out;
    }

    /** Prints a line for each model, the default first; returns the exit code. */
    int print() {
        var models = new Models(config.hub());
        List<List<String>> lines = new ArrayList<>(List.of(HEAD));
        ModelList.of(config)
                .forEach((name, source) -> lines.add(line(name, source, models.find(source), lines.size() == 1)));
        int[] widths = IntStream.range(0, HEAD.size())
                .map(column -> lines.stream()
                        .mapToInt(line -> line.get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
        for (List<String> line : lines) {
            var text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                text.append(line.get(i))
                        .append(" ".repeat(widths[i] - line.get(i).length() + 2));
            }
            out.println(text.toString().stripTrailing());
        }
        return 0;
    }

    private List<String> line(String name, ModelSource source, Optional<Path> folder, boolean first) {
        String where = folder.map(Path::toString)
                .filter(path -> !path.equals(source.toString()))
                .map(path -> source + " in " + path)
                .orElse(source.toString());
        return List.of(
                first ? name + " (default)" : name,
                folder.isPresent() ? "here" : missing(source),
                folder.map(ModelTable::size).orElse("-"),
                folder.flatMap(ModelLicense::of)
                        .map(ModelLicense::toString)
                        .orElse(folder.isPresent() ? "not stated" : "-"),
                where);
    }

    private String missing(ModelSource source) {
        ModelSource base = source instanceof ModelSource.Composed composed ? composed.base() : source;
        boolean lacksFolder = base instanceof ModelSource.Folder(Path path) && !Files.isDirectory(path);
        if (lacksFolder || (base instanceof ModelSource.Folder && base.equals(source))) {
            return "missing";
        }
        return config.hub().offline() ? "not here, and HF_HUB_OFFLINE is set" : "to be downloaded";
    }

    /** Bytes of all files of a checkpoint, those behind links too, as a cache has them. */
    private static String size(Path folder) {
        try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            long bytes = 0;
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
            return bytes < 1_000_000_000
                    ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
                    : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
        } catch (IOException e) {
            return "unknown";
        }
    }
}
