package dev.darkroom.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A JSON file of a checkpoint, such as {@code transformer/config.json}. Numbers that size a network are read with bounds, so that a
 * damaged file gives an error that names it and the field, never a huge allocation.
 */
public final class ConfigFile {
    private static final int LARGEST_NUMBER = 1 << 24;

    public static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(32)
                            .maxStringLength(1 << 24)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final String name;
    private final String path;
    private final JsonNode root;

    /**
     * Wraps an object of a file.
     *
     * @param path prefix of field names in errors: empty, or the name of a nested object and a dot
     */
    private ConfigFile(String name, String path, JsonNode root) {
        this.name = name;
        this.path = path;
        this.root = root;
    }

    /** Reads a file that must be there. */
    public static ConfigFile read(Path file) {
        try {
            JsonNode root = JSON.readTree(SmallFile.read(file));
            if (root == null || !root.isObject()) {
                throw new CheckpointException(file + " holds no JSON object");
            }
            return new ConfigFile(file.toString(), "", root);
        } catch (JsonProcessingException e) {
            throw new CheckpointException(file + " is no valid JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new CheckpointException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /**
     * Parses JSON text that is embedded in another file.
     *
     * @param name where the text stands, for errors
     */
    public static ConfigFile parse(String name, String json) {
        try {
            JsonNode root = JSON.readTree(json);
            if (root == null || !root.isObject()) {
                throw new CheckpointException(name + " holds no JSON object");
            }
            return new ConfigFile(name, "", root);
        } catch (JsonProcessingException e) {
            throw new CheckpointException(name + " is no valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** Reads a file that may be missing, in which case all fields have their defaults. */
    public static ConfigFile readIfPresent(Path file) {
        return Files.exists(file)
                ? read(file)
                : new ConfigFile(file.toString(), "", JsonNodeFactory.instance.objectNode());
    }

    /** Names of this object's fields. */
    public List<String> names() {
        return root.properties().stream().map(Map.Entry::getKey).toList();
    }

    /** True if the field is present and not null. */
    public boolean has(String field) {
        return root.hasNonNull(field);
    }

    /** Returns the nested object of a field, which must be there; errors name its fields with the object's name in front. */
    public ConfigFile at(String field) {
        if (!root.path(field).isObject()) {
            throw error(field, "must be an object, not " + root.get(field));
        }
        return new ConfigFile(name, path + field + ".", root.path(field));
    }

    /** Reads a count or a width: a whole number from 1 to 2²⁴. */
    public int count(String field) {
        return count(field, root.get(field));
    }

    /** Reads a count, or takes {@code otherwise} if the field is missing or null. */
    public int count(String field, int otherwise) {
        return root.hasNonNull(field) ? count(field) : otherwise;
    }

    /** Reads a count as {@link #count(String)} does; empty if the field is missing or null. */
    public Optional<Integer> optionalCount(String field) {
        return root.hasNonNull(field) ? Optional.of(count(field)) : Optional.empty();
    }

    /** Reads a whole number from 0 to {@code most}, or takes {@code otherwise} if the field is missing or null. */
    public int countFromZero(String field, int otherwise, int most) {
        JsonNode value = root.get(field);
        if (value != null && value.isIntegralNumber() && value.canConvertToInt() && value.intValue() == 0) {
            return 0;
        }
        int count = count(field, otherwise);
        if (count > most) {
            throw error(field, "must be at most " + most + ", not " + count);
        }
        return count;
    }

    /** Reads a list of 1 to 64 counts, or takes {@code otherwise} if the field is missing or null. */
    public List<Integer> counts(String field, List<Integer> otherwise) {
        return root.hasNonNull(field) ? counts(field) : otherwise;
    }

    /** Reads a list of 1 to 64 counts. */
    public List<Integer> counts(String field) {
        JsonNode list = root.path(field);
        if (!list.isArray() || list.isEmpty() || list.size() > 64) {
            throw error(field, "must be a list of 1 to 64 numbers");
        }
        List<Integer> counts = new ArrayList<>();
        list.forEach(item -> counts.add(count(field, item)));
        return List.copyOf(counts);
    }

    /** Number of items of a list; 0 if the field is missing. */
    public int listLength(String field) {
        return root.path(field).size();
    }

    /** Multiplies two counts that a field states; the product must be a valid count too. */
    public int product(String field, int a, int b) {
        long product = (long) a * b;
        if (product > LARGEST_NUMBER) {
            throw error(field, "gives a width of " + product + ", which is more than " + LARGEST_NUMBER);
        }
        return (int) product;
    }

    /** Reads a list of texts; empty if the field is missing or null. */
    public List<String> texts(String field) {
        List<String> texts = new ArrayList<>();
        root.path(field).forEach(item -> texts.add(item.isTextual() ? item.asText() : ""));
        if (has(field) && (!root.path(field).isArray() || texts.contains(""))) {
            throw error(field, "must be a list of texts");
        }
        return List.copyOf(texts);
    }

    /** Reads a list of exactly {@code length} finite numbers. */
    public List<Double> numbers(String field, int length) {
        if (!has(field)) {
            throw error(field, "is missing");
        }
        return numbers(field, Collections.nCopies(length, 0.0));
    }

    /** Reads distinct indexes into a list of {@code size} items, or takes {@code otherwise} if the field is missing or null. */
    public List<Integer> indexes(String field, int size, List<Integer> otherwise) {
        if (!has(field)) {
            return otherwise;
        }
        List<Integer> indexes = new ArrayList<>();
        root.path(field).forEach(item -> indexes.add(item.isInt() ? item.intValue() : -1));
        if (!root.path(field).isArray()
                || new HashSet<>(indexes).size() < indexes.size()
                || indexes.stream().anyMatch(index -> index < 0 || index >= size)) {
            throw error(field, "must be a list of different whole numbers from 0 to " + (size - 1));
        }
        return List.copyOf(indexes);
    }

    /** Reads as many finite numbers as {@code otherwise} has, or takes those if the field is missing or null. */
    public List<Double> numbers(String field, List<Double> otherwise) {
        if (!has(field)) {
            return otherwise;
        }
        List<Double> numbers = new ArrayList<>();
        root.path(field).forEach(item -> numbers.add(item.isNumber() ? item.doubleValue() : Double.NaN));
        if (!root.path(field).isArray()
                || numbers.size() != otherwise.size()
                || !numbers.stream().allMatch(Double::isFinite)) {
            throw error(field, "must be a list of " + otherwise.size() + " numbers");
        }
        return List.copyOf(numbers);
    }

    /** Reads a finite number, or takes {@code otherwise} if the field is missing or null. */
    public double number(String field, double otherwise) {
        return optionalNumber(field).orElse(otherwise);
    }

    /** Reads a finite number; empty if the field is missing or null. */
    public Optional<Double> optionalNumber(String field) {
        if (!root.hasNonNull(field)) {
            return Optional.empty();
        }
        JsonNode value = root.get(field);
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
            throw error(field, "must be a number, not " + value);
        }
        return Optional.of(value.doubleValue());
    }

    /** Reads an object of finite numbers, by name; empty if the field is missing. */
    public Map<String, Double> numbersByName(String field) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        root.path(field).properties().forEach(entry -> {
            if (!entry.getValue().isNumber()
                    || !Double.isFinite(entry.getValue().doubleValue())) {
                throw error(field + "." + entry.getKey(), "must be a number, not " + entry.getValue());
            }
            numbers.put(entry.getKey(), entry.getValue().doubleValue());
        });
        return numbers;
    }

    /** Reads a boolean, or takes {@code otherwise} if the field is missing or null. */
    public boolean flag(String field, boolean otherwise) {
        return root.hasNonNull(field) ? root.get(field).asBoolean() : otherwise;
    }

    /** Reads a text, or takes {@code otherwise} if the field is missing or null. */
    public String text(String field, String otherwise) {
        return root.hasNonNull(field) ? root.get(field).asText() : otherwise;
    }

    /** Makes an error that names this file and the field. */
    public CheckpointException error(String field, String rule) {
        return new CheckpointException(name + ": " + path + field + " " + rule);
    }

    private int count(String field, @Nullable JsonNode value) {
        if (value == null
                || !value.isIntegralNumber()
                || !value.canConvertToInt()
                || value.intValue() < 1
                || value.intValue() > LARGEST_NUMBER) {
            throw error(field, "must be a whole number from 1 to " + LARGEST_NUMBER + ", not " + value);
        }
        return value.intValue();
    }

    @Override
    public String toString() {
        return name;
    }
}
