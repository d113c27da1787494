package dev.darkroom.engine;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;

/**
 * Something wrong in a checkpoint, and words that its refusal holds.
 *
 * @param words those that begin with a slash name a file or folder of the checkpoint
 */
record Damage(String name, Breakage breakage, List<String> words) {
    /** What happens to a sound copy of the checkpoint. */
    @FunctionalInterface
    interface Breakage {
        void happenTo(Path checkpoint) throws IOException;
    }

    private static final ObjectMapper JSON = new ObjectMapper();

    static Damage of(String name, Breakage breakage, String... words) {
        return new Damage(name, breakage, List.of(words));
    }

    /** A file that is not there, named by its path. */
    static Damage missing(String file) {
        return missing(file, "/" + file);
    }

    static Damage missing(String file, String... words) {
        return of("no " + file, checkpoint -> Files.delete(checkpoint.resolve(file)), words);
    }

    /** A folder without the files whose names hold a word. */
    static Damage emptied(String folder, String files, String missed) {
        return of(
                folder + " without " + (files.isEmpty() ? "files" : files),
                checkpoint -> TestCheckpoints.empty(checkpoint.resolve(folder), files),
                "/" + folder,
                missed);
    }

    /** Another text in a file. */
    static Damage content(String file, String text, String... words) {
        return of(file + " is '" + text + "'", checkpoint -> Files.writeString(checkpoint.resolve(file), text), words);
    }

    /** A file that holds no JSON object. */
    static Damage noObject(String file, String text) {
        return content(file, text, "/" + file);
    }

    /** A default that makes no sense, as JSON has it. */
    static Damage badDefault(String field, String value) {
        return content("darkroom.json", "{\"" + field + "\": " + value + "}", "/darkroom.json", field);
    }

    /** A number of a file that makes no sense, named by file and field. */
    static Damage number(String file, String field, int value) {
        return field(file, field, value, "/" + file, field);
    }

    /** A number of a network's config that is sound in itself, but not what the tensors in its files have. */
    static Damage misfit(String component, String field, Object value, String tensor, String fault) {
        return field(
                component + "/config.json", field, value, "/" + component + " does not fit its config", fault, tensor);
    }

    /** A pipeline that this worker does not know. */
    static Damage unknownPipeline(String name) {
        return field("model_index.json", "_class_name", name, "model_index.json", "_class_name '" + name + "'");
    }

    /** Another value of a field, which may lie in another one: {@code outer.inner}. */
    static Damage field(String file, String field, Object value, String... words) {
        return fields(file, Map.of(field, value), words);
    }

    static Damage fields(String file, Map<String, Object> values, String... words) {
        return of(
                file + ": " + new TreeMap<>(values),
                checkpoint -> TestCheckpoints.edit(
                        checkpoint.resolve(file), json -> values.forEach((field, value) -> set(json, field, value))),
                words);
    }

    private static void set(ObjectNode json, String field, Object value) {
        int dot = field.indexOf('.');
        if (dot < 0) {
            json.set(field, JSON.valueToTree(value));
        } else {
            set((ObjectNode) json.path(field.substring(0, dot)), field.substring(dot + 1), value);
        }
    }

    /** Weights of which a byte, nearly all or all is missing, that are longer than their header says, or have none. */
    static List<Damage> weights(String file) {
        List<Damage> damages = new ArrayList<>();
        damages.add(resized(file, "less a byte", whole -> whole - 1, "/" + file, "truncated"));
        damages.add(resized(file, "and a byte", whole -> whole + 1, "/" + file));
        for (int length : new int[] {100, 8, 0}) {
            damages.add(resized(file, "cut to " + length + " bytes", whole -> length, "/" + file));
        }
        damages.add(of(
                file + " with a header of negative length",
                checkpoint -> {
                    try (var weights =
                            new RandomAccessFile(checkpoint.resolve(file).toFile(), "rw")) {
                        weights.writeLong(-1);
                    }
                },
                "/" + file));
        return damages;
    }

    private static Damage resized(String file, String name, LongUnaryOperator length, String... words) {
        return of(
                file + " " + name,
                checkpoint -> {
                    try (var weights =
                            new RandomAccessFile(checkpoint.resolve(file).toFile(), "rw")) {
                        weights.setLength(length.applyAsLong(weights.length()));
                    }
                },
                words);
    }

    @Override
    public String toString() {
        return name;
    }
}
