package dev.darkroom.weights;

import dev.darkroom.weights.names.OtherNames;
import java.util.function.Predicate;

/**
 * What is known of a network's layers by their names.
 *
 * @param bearsFp8 tells by its name in the checkpoint if a linear layer may lie in fp8
 * @param others what the tensors are called in files of other writers
 */
public record LayerNames(Predicate<String> bearsFp8, OtherNames others) {
    /** Layers that do not bear fp8, and have no other names. */
    public static final LayerNames PLAIN = new LayerNames(layer -> false, OtherNames.NONE);

    /** Makes layers of which some may lie in fp8, without other names. */
    public static LayerNames bearingFp8(Predicate<String> bearsFp8) {
        return new LayerNames(bearsFp8, OtherNames.NONE);
    }

    /** Makes layers that do not bear fp8. */
    public static LayerNames called(OtherNames others) {
        return new LayerNames(layer -> false, others);
    }
}
