package dev.darkroom.nn;

import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@code x·Wᵀ + b}: {@code [.., in] → [.., out]}. */
public record Linear(Tensor weight, @Nullable Tensor bias) {
    public static Linear load(Weights w, int in, int out) {
        return new Linear(w.tensor("weight", out, in), w.tensor("bias", out));
    }

    public static Linear withoutBias(Weights w, int in, int out) {
        return new Linear(w.tensor("weight", out, in), null);
    }

    public Tensor apply(Tensor x) {
        return Operators.linear(x, weight, bias);
    }

    /** The bias of a layer that was loaded with one. */
    public Tensor requiredBias() {
        return Objects.requireNonNull(bias, "bias");
    }
}
