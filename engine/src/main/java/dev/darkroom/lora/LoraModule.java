package dev.darkroom.lora;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * A module that a LoRA file names, and the layers that it stands for.
 *
 * @param layers names in the checkpoint; several share {@code down} and have the rows of {@code up} in this order
 * @param swapsHalves true if the first half of the rows of {@code up} is the layer's second
 */
public record LoraModule(String name, List<String> layers, boolean swapsHalves) {
    /** Makes a module that is one layer. */
    public LoraModule(String name, String layer) {
        this(name, List.of(layer), false);
    }

    /**
     * Makes the modules of a table whose layers are all there.
     *
     * @param table a line for each module: its name, then its layers; {@code #} stands for the number of a block
     * @param swapsHalves tells by its name of a module whether the first half of its rows is the layer's second
     */
    public static List<LoraModule> of(String table, Set<String> layers, Predicate<String> swapsHalves) {
        List<LoraModule> modules = new ArrayList<>();
        table.lines()
                .map(line -> List.of(line.split(" ")))
                .forEach(line -> IntStream.range(0, line.getFirst().contains("#") ? layers.size() : 1)
                        .mapToObj(i -> line.stream()
                                .map(name -> name.replace("#", Integer.toString(i)))
                                .toList())
                        .takeWhile(names -> layers.containsAll(names.subList(1, names.size())))
                        .forEach(names -> modules.add(new LoraModule(
                                names.getFirst(),
                                names.subList(1, names.size()),
                                swapsHalves.test(names.getFirst())))));
        return modules;
    }
}
