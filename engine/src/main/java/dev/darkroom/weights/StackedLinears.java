package dev.darkroom.weights;

import dev.darkroom.tensor.ScaledOperators.Rows;
import dev.darkroom.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Linear layers that take the same input, such as the projections to query, key and value. On a card their weights lie one after another,
 * so that one product gives what all of them give; mapped weights stay where they are in their file.
 *
 * @param layers the layers in the order asked for, each adapted by LoRAs under its own name
 * @param biases their biases {@code [out]} in the same order, none if the layers have none
 * @param stack all layers as one; empty where their weights lie apart, or are multiplied in fp8
 * @param rows all layers that are multiplied in fp8 as one; empty where their weights lie apart, or are not
 */
public record StackedLinears(
        List<LinearWeight> layers, List<Tensor> biases, Optional<Stack<Tensor>> stack, Optional<Stack<Rows>> rows) {
    public StackedLinears {
        layers = List.copyOf(layers);
        biases = List.copyOf(biases);
    }

    /**
     * The rows of several layers as those of one: without what LoRAs add, which each layer knows for its own rows.
     *
     * @param weight {@code [Σ out, in]}, the same memory as the layers' own weights
     * @param bias {@code [Σ out]}, likewise; null if the layers have none
     * @param <W> a tensor, or rows of e4m3 numbers
     */
    public record Stack<W>(W weight, @Nullable Tensor bias) {}
}
