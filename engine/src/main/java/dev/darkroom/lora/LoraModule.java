package dev.darkroom.lora;

import java.util.List;

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
}
