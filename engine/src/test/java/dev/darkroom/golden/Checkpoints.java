package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The checkpoints that lie below or beside a directory of goldens. */
record Checkpoints(List<Path> folders) {
    private static final int DEPTH = 4;

    /** Looks below {@code root}, and two levels above it for goldens that were named by their own folder. */
    static Checkpoints around(Path root) {
        for (Path place : List.of(root, root.resolve(".."), root.resolve("../.."))) {
            try (Stream<Path> files = Files.find(
                    place.toAbsolutePath().normalize(),
                    DEPTH,
                    (path, attributes) -> path.endsWith("model_index.json"))) {
                List<Path> folders = files.map(Path::getParent).sorted().toList();
                if (!folders.isEmpty()) {
                    return new Checkpoints(folders);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return new Checkpoints(List.of());
    }

    /** The one that goldens are of whose folder has its name; for goldens of no one checkpoint all but the pocket ones. */
    Checkpoints of(String goldens) {
        boolean pocket = isPocket(goldens);
        return new Checkpoints(folders.stream()
                .filter(folder -> {
                    String name = folder.getFileName().toString();
                    return pocket ? name.equals(goldens) : !isPocket(name);
                })
                .toList());
    }

    static boolean isPocket(String name) {
        return name.startsWith("pocket");
    }

    /** Those of a family, told by the pipeline that they are made for. */
    Checkpoints ofFamily(String pipelinePrefix) {
        return new Checkpoints(folders.stream()
                .filter(folder -> GoldenValues.read(folder.resolve("model_index.json"))
                        .path("_class_name")
                        .asText()
                        .matches(pipelinePrefix + ".*"))
                .toList());
    }

    /** Folders with a component, those whose name holds one of the words first, in the words' order. */
    List<Path> with(String component, String... words) {
        return ordered(folder -> Files.isDirectory(folder.resolve(component)), words);
    }

    /** The word of a checkpoint's name: stated in the manifest, or the one behind the kind in the file's name. */
    static String variant(String file, JsonNode entry) {
        for (JsonNode stated :
                List.of(entry.path("checkpoint"), entry.path("params").path("checkpoint"))) {
            if (stated.isTextual()) {
                return Path.of(stated.asText()).getFileName().toString();
            }
        }
        String[] words = file.replaceAll("\\..*", "").split("_", -1);
        return words.length > 1 ? words[1] : "";
    }

    /** The results of the best fitting checkpoint, or of the first other one that agrees. */
    List<Comparison> firstThatAgrees(String component, String variant, Function<Path, List<Comparison>> comparison) {
        List<Supplier<List<Comparison>>> outcomes = new ArrayList<>();
        for (Path checkpoint : with(component, variant, variant.equals("kontext") ? "dev" : variant)) {
            try {
                List<Comparison> results = comparison.apply(checkpoint);
                if (results.stream().allMatch(Comparison::passes)) {
                    return results;
                }
                outcomes.add(() -> results);
            } catch (RuntimeException e) {
                outcomes.add(() -> {
                    throw e;
                });
            }
        }
        if (outcomes.isEmpty()) {
            throw new IllegalStateException("no checkpoint has a " + component);
        }
        return outcomes.getFirst().get();
    }

    private List<Path> ordered(Predicate<Path> filter, String... words) {
        List<Path> found = new ArrayList<>(folders.stream().filter(filter).toList());
        found.sort(Comparator.comparingInt(folder -> {
            String name = folder.getFileName().toString();
            for (int i = 0; i < words.length; i++) {
                if (name.contains(words[i])) {
                    return i;
                }
            }
            return words.length;
        }));
        return found;
    }
}
