package dev.darkroom.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A JSON file of a checkpoint, such as {@code transformer/config.json}. Numbers that size a network are read with bounds, so that a
 * damaged file gives an error that names it and the field, never a huge allocation.
 */
public final class ConfigFile {
    private static final int LARGEST_NUMBER = 1 << 24;
    private static final String QUANTIZATION = "quantization_config";

    private static final Logger LOG = Logger.getLogger(ConfigFile.class);

    /** Notes that were told already: a checkpoint's configs are read again whenever one of its networks is loaded. */
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

    private final String name;
    private final String path;
    private final JsonNode root;
    private final @Nullable ConfigKeys keys;
    private final Set<String> read;

    /**
     * Wraps an object of a file.
     *
     * @param path prefix of field names in errors: empty, or the name of a nested object and a dot
     * @param keys all that may be read; null for no such bound
     * @param read collects the keys that are read
     */
    private ConfigFile(String name, String path, JsonNode root, @Nullable ConfigKeys keys, Set<String> read) {
        this.name = name;
        this.path = path;
        this.root = root;
        this.keys = keys;
        this.read = read;
    }

    /** Reads a file that must be there. */
    public static ConfigFile read(Path file) {
        return new ConfigFile(file.toString(), "", CheckpointJson.object(file), null, new TreeSet<>());
    }

    /**
     * Parses JSON text that is embedded in another file.
     *
     * @param name where the text stands, for errors
     */
    public static ConfigFile parse(String name, String json) {
        return new ConfigFile(name, "", CheckpointJson.object(name, json), null, new TreeSet<>());
    }

    /** Reads a file that may be missing, in which case all fields have their defaults. */
    public static ConfigFile readIfPresent(Path file) {
        return Files.exists(file)
                ? read(file)
                : new ConfigFile(file.toString(), "", JsonNodeFactory.instance.objectNode(), null, new TreeSet<>());
    }

    /**
     * Returns this object with the meaning of its keys: those that must have certain values are checked, and those that nobody knows are
     * told in the log, once.
     *
     * @throws CheckpointException if a key has a value that the networks here do not compute, or weights are quantized
     */
    public ConfigFile within(ConfigKeys known) {
        if (root.hasNonNull(QUANTIZATION)) {
            throw error(
                    QUANTIZATION,
                    "says that the weights are quantized by " + Quantization.named(root.path(QUANTIZATION))
                            + ": take the checkpoint with plain weights");
        }
        List<String> unknown = known.check(this, root);
        if (!unknown.isEmpty()) {
            note(String.join(", ", unknown.stream().map(path::concat).toList())
                    + (unknown.size() == 1 ? " is not known here and has" : " are not known here and have")
                    + " no effect");
        }
        return new ConfigFile(name, path, root, known, read);
    }

    /** Logs a remark about this file, unless the same was logged before. */
    public void note(String remark) {
        if (TOLD.add(name + ": " + remark)) {
            LOG.warnf("%s: %s", name, remark);
        }
    }

    /** Keys of this object that were read until now. */
    public Set<String> read() {
        return Collections.unmodifiableSet(read);
    }

    private @Nullable JsonNode get(String field) {
        if (keys != null && !keys.isRead(field)) {
            throw new IllegalStateException(keys.file() + ": " + path + field + " is read, but not listed as used");
        }
        read.add(field);
        return root.get(field);
    }

    private JsonNode path(String field) {
        JsonNode value = get(field);
        return value == null ? MissingNode.getInstance() : value;
    }

    /** Names of this object's fields. */
    public List<String> names() {
        return root.properties().stream().map(Map.Entry::getKey).toList();
    }

    /** Returns true if the field is present and not null. */
    public boolean has(String field) {
        JsonNode value = get(field);
        return value != null && !value.isNull();
    }

    /** Returns the nested object of a field, which must be there; errors name its fields with the object's name in front. */
    public ConfigFile at(String field) {
        if (!path(field).isObject()) {
            throw error(field, "must be an object, not " + get(field));
        }
        return new ConfigFile(name, path + field + ".", path(field), null, new TreeSet<>());
    }

    /** Reads a count or a width: a whole number from 1 to 2²⁴. */
    public int count(String field) {
        return count(field, get(field));
    }

    /** Reads a count, or takes {@code otherwise} if the field is missing or null. */
    public int count(String field, int otherwise) {
        return has(field) ? count(field) : otherwise;
    }

    /** Reads a count as {@link #count(String)} does; empty if the field is missing or null. */
    public Optional<Integer> optionalCount(String field) {
        return has(field) ? Optional.of(count(field)) : Optional.empty();
    }

    /** Reads a whole number from 0 to {@code most}, or takes {@code otherwise} if the field is missing or null. */
    public int countFromZero(String field, int otherwise, int most) {
        JsonNode value = get(field);
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
        return has(field) ? counts(field) : otherwise;
    }

    /** Reads a list of 1 to 64 counts. */
    public List<Integer> counts(String field) {
        JsonNode list = path(field);
        if (!list.isArray() || list.isEmpty() || list.size() > 64) {
            throw error(field, "must be a list of 1 to 64 numbers");
        }
        List<Integer> counts = new ArrayList<>();
        list.forEach(item -> counts.add(count(field, item)));
        return List.copyOf(counts);
    }

    /** Number of items of a list; 0 if the field is missing. */
    public int listLength(String field) {
        if (has(field) && !isList(field)) {
            throw error(field, "must be a list, not " + ConfigKeys.shown(path(field)));
        }
        return path(field).size();
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
        path(field).forEach(item -> texts.add(item.isTextual() ? item.asText() : ""));
        if (has(field) && (!path(field).isArray() || texts.contains(""))) {
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
        path(field).forEach(item -> indexes.add(item.isInt() ? item.intValue() : -1));
        if (!path(field).isArray()
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
        path(field).forEach(item -> numbers.add(item.isNumber() ? item.doubleValue() : Double.NaN));
        if (!path(field).isArray()
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
        if (!has(field)) {
            return Optional.empty();
        }
        JsonNode value = path(field);
        if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
            throw error(field, "must be a number, not " + value);
        }
        return Optional.of(value.doubleValue());
    }

    /** Reads a boolean, or takes {@code otherwise} if the field is missing or null. */
    public boolean flag(String field, boolean otherwise) {
        JsonNode value = path(field);
        if (!value.isBoolean() && has(field)) {
            throw error(field, "must be true or false, not " + ConfigKeys.shown(value));
        }
        return has(field) ? value.booleanValue() : otherwise;
    }

    /** Reads a text, or takes {@code otherwise} if the field is missing or null. */
    public String text(String field, String otherwise) {
        JsonNode value = path(field);
        if (!value.isTextual() && has(field)) {
            throw error(field, "must be a text, not " + ConfigKeys.shown(value));
        }
        return has(field) ? value.textValue() : otherwise;
    }

    /**
     * Reads a component of an index, which is a pair of a library and a class: the class; empty for a pair of nulls, and if the field is
     * missing or null.
     */
    public Optional<String> componentClass(String field) {
        if (!has(field)) {
            return Optional.empty();
        }
        JsonNode pair = path(field);
        JsonNode type = pair.path(1);
        if (!pair.isArray() || pair.size() != 2 || !(type.isTextual() || type.isNull())) {
            throw error(field, "must be a pair of a library and a class, not " + ConfigKeys.shown(pair));
        }
        return type.isNull() ? Optional.empty() : Optional.of(type.textValue());
    }

    /** Returns true if the field is an object. */
    public boolean isObject(String field) {
        return path(field).isObject();
    }

    /** Returns true if the field is true or false. */
    public boolean isFlag(String field) {
        return path(field).isBoolean();
    }

    /** Returns true if the field is a list. */
    public boolean isList(String field) {
        return path(field).isArray();
    }

    /**
     * Reads a finite number within bounds, or takes {@code otherwise} if the field is missing or null.
     *
     * @param least smallest and {@code most} largest number that a picture can be made with
     */
    public double number(String field, double otherwise, double least, double most) {
        double number = number(field, otherwise);
        if (!(number >= least && number <= most)) {
            throw error(field, "must be from " + least + " to " + most + ", not " + number);
        }
        return number;
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
