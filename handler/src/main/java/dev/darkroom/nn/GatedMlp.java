package dev.darkroom.nn;

import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import java.util.List;
import java.util.stream.Stream;

/** {@code down(silu(gate(x)) · up(x))}: {@code [.., D] → [.., D]}; biases in the order gate, up, down, or none at all. */
public record GatedMlp(List<Tensor> weights, List<Tensor> biases) {
    private static final String GATE = "gate_proj";
    private static final String UP = "up_proj";
    private static final String DOWN = "down_proj";

    public static GatedMlp load(Weights w, int width, int inner) {
        return new GatedMlp(
                weights(w, width, inner),
                List.of(
                        w.at(GATE).tensor("bias", inner),
                        w.at(UP).tensor("bias", inner),
                        w.at(DOWN).tensor("bias", width)));
    }

    public static GatedMlp withoutBias(Weights w, int width, int inner) {
        return new GatedMlp(weights(w, width, inner), List.of());
    }

    private static List<Tensor> weights(Weights w, int width, int inner) {
        return Stream.concat(
                        Stream.of(GATE, UP).map(name -> w.at(name).tensor("weight", inner, width)),
                        Stream.of(w.at(DOWN).tensor("weight", width, inner)))
                .toList();
    }

    public Tensor apply(Tensor x) {
        return Operators.gatedMlp(x, weights, biases);
    }
}
