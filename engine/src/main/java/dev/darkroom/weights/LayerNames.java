package dev.darkroom.weights;

import dev.darkroom.weights.names.OtherNames;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What is known of a network's layers by their names.
 *
 * @param bearsFp8 tells by its name in the checkpoint if a linear layer may lie in fp8
 * @param others what the tensors are called in files of other writers
 * @param idle tells by its name in the checkpoint if a tensor is not needed, and so is never loaded
 */
public record LayerNames(Predicate<String> bearsFp8, OtherNames others, Predicate<String> idle) {
    /** Names of a language model's head, a gigabyte in Qwen2.5-VL, which no text encoder needs. */
    private static final Predicate<String> HEAD =
            Pattern.compile("(language_model\\.)?lm_head\\..*").asMatchPredicate();

    /** Layers that do not bear fp8, and have no other names. */
    public static final LayerNames PLAIN = new LayerNames(layer -> false, OtherNames.NONE);

    /** States what is known of a network that needs all of its tensors, but for the head of a language model. */
    public LayerNames(Predicate<String> bearsFp8, OtherNames others) {
        this(bearsFp8, others, HEAD);
    }

    /** Makes layers of which some may lie in fp8, without other names. */
    public static LayerNames bearingFp8(Predicate<String> bearsFp8) {
        return new LayerNames(bearsFp8, OtherNames.NONE);
    }

    /** Makes layers that do not bear fp8. */
    public static LayerNames called(OtherNames others) {
        return new LayerNames(layer -> false, others);
    }

    /** Returns these names for a network that does not need these tensors either. */
    public LayerNames without(Predicate<String> tensors) {
        return new LayerNames(bearsFp8, others, idle.or(tensors));
    }
}
