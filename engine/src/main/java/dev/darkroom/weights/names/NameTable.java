package dev.darkroom.weights.names;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A table of modules' names in files, each with the layers that it stands for; {@code #} is the number of a block, the first number of a
 * name.
 */
public final class NameTable {
    private static final Pattern NUMBER = Pattern.compile("(?<=\\.)\\d+(?=\\.)");

    private final Map<String, List<String>> layers = new HashMap<>();

    /** Reads a table: a line for each module, with its own name first, then those of its layers. */
    public NameTable(String lines) {
        lines.lines().map(line -> List.of(line.split(" "))).forEach(names -> {
            if (layers.put(names.getFirst(), names.subList(1, names.size())) != null) {
                throw new IllegalArgumentException(names.getFirst() + " stands in the table twice");
            }
        });
    }

    /**
     * A line that fits a tensor.
     *
     * @param module as the table has it
     * @param tensors the tensors' names in the checkpoint, in the order of the rows
     */
    public record Entry(String module, List<String> tensors) {}

    /** Finds the line of a tensor. A norm's {@code scale} is called {@code weight} in the checkpoint. */
    public Optional<Entry> find(String tensor) {
        int dot = tensor.lastIndexOf('.');
        if (dot < 0) {
            return Optional.empty();
        }
        String module = tensor.substring(0, dot);
        String suffix = tensor.substring(dot + 1);
        String end = "." + (suffix.equals("scale") ? "weight" : suffix);
        if (layers.containsKey(module)) {
            return Optional.of(entry(module, "#", end));
        }
        Matcher number = NUMBER.matcher(tensor);
        if (!number.find()) {
            return Optional.empty();
        }
        String general =
                tensor.substring(0, number.start()) + "#" + tensor.substring(number.end(), Math.max(number.end(), dot));
        return layers.containsKey(general) ? Optional.of(entry(general, number.group(), end)) : Optional.empty();
    }

    private Entry entry(String module, String number, String end) {
        return new Entry(
                module,
                layers.getOrDefault(module, List.of()).stream()
                        .map(layer -> layer.replace("#", number) + end)
                        .toList());
    }
}
