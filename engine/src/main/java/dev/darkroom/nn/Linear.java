package dev.darkroom.nn;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.ScaledOperators;
import dev.darkroom.tensor.ScaledOperators.Rows;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.LinearWeight;
import dev.darkroom.weights.Weights;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Linear layer, {@code x·Wᵀ + b}: {@code [.., in] → [.., out]}; with LoRAs, {@code (x·Aᵀ)·Bᵀ} is added. */
public record Linear(LinearWeight layer, @Nullable Tensor bias) {
    /** Reads {@code weight [out, in]} and {@code bias [out]}. */
    public static Linear load(Weights w, int in, int out) {
        return new Linear(w.linear(in, out), w.tensor("bias", out));
    }

    /** Reads {@code weight [out, in]} alone. */
    public static Linear withoutBias(Weights w, int in, int out) {
        return new Linear(w.linear(in, out), null);
    }

    /** Computes {@code [.., in] → [.., out]}; with a LoRA that widens the layer, {@code x} has as many features as that takes. */
    public Tensor apply(Tensor x) {
        return layer.isWidened() ? widened(x) : applied(x, layer.added());
    }

    /** Computes {@code [B, S, in] → [B, S, out]}; rows of e4m3 numbers only if it {@link #takesRows}. */
    public Tensor apply(Normed x) {
        return switch (x) {
            case Normed.Plain(Tensor tokens) -> apply(tokens);
            case Normed.Quantised(Rows rows, DType type) ->
                ScaledOperators.linear(rows, layer.rows().orElseThrow(), bias, type);
        };
    }

    /** Tells whether this layer multiplies rows of e4m3 numbers, and nothing is added that wants the numbers they were made of. */
    public boolean takesRows() {
        return layer.rows().isPresent() && layer.added().isEmpty();
    }

    private Tensor applied(Tensor x, List<Tensor> added) {
        Optional<Rows> rows = layer.rows();
        return rows.isPresent()
                ? ScaledOperators.linear(x, rows.get(), bias, added)
                : layer.with(weight -> Operators.linear(x, weight, bias, added));
    }

    /** Applies a widened layer: the inputs that its weight does not have count for the LoRA alone, as if the weight's columns were zeros. */
    private Tensor widened(Tensor x) {
        long in = layer.shape().in();
        Tensor own = applied(x.narrow(-1, 0, in), List.of());
        List<Tensor> added = layer.added();
        Tensor adapted = own.plus(Operators.linear(Operators.linear(x, added.get(0), null), added.get(1), null));
        return added.size() > 2 ? adapted.plus(added.get(2)) : adapted;
    }

    /** Computes this layer and GELU by its tanh approximation: {@code [.., in] → [.., out]}. */
    public Tensor gelu(Tensor x) {
        return layer.isWidened()
                ? Operators.geluTanh(widened(x))
                : layer.rows().isPresent()
                        ? Operators.geluTanh(applied(x, layer.added()))
                        : layer.with(weight ->
                                Operators.linearGelu(x, weight, Objects.requireNonNull(bias, "bias"), layer.added()));
    }

    private Tensor gelu(Normed x) {
        return switch (x) {
            case Normed.Plain(Tensor tokens) -> gelu(tokens);
            case Normed.Quantised quantised -> Operators.geluTanh(apply(quantised));
        };
    }

    /** Computes this layer of GELU, by its tanh approximation, of the layer {@code before}. */
    public Tensor ofGelu(Linear before, Normed x) {
        return bothInRows(before)
                ? ScaledOperators.linearOfGelu(before.apply(x), layer.rows().orElseThrow(), bias, layer.added())
                : apply(before.gelu(x));
    }

    /** Computes this layer for {@code x [.., k]} and, beside it, GELU by its tanh approximation of the layer {@code before}: {@code [.., out]}. */
    public Tensor besideGelu(Tensor x, Linear before, Normed y) {
        if (bothInRows(before)) {
            return ScaledOperators.linearBesideGelu(
                    x, before.apply(y), layer.rows().orElseThrow(), bias, layer.added());
        }
        return ofTwo(x, before.gelu(y));
    }

    /** Computes this layer for {@code x [.., k]} and, beside it, {@link Operators#swiglu} of the layer {@code before}: {@code [.., out]}. */
    public Tensor besideSwiglu(Tensor x, Linear before, Normed y) {
        return ofTwo(x, before.swiglu(y));
    }

    /** Computes {@link Operators#swiglu} of this layer, {@code [B, S, in] → [B, S, out/2]}; what the layer gives is twice as large, and goes. */
    Tensor swiglu(Normed y) {
        try (var scope = Scope.open("swiglu")) {
            return scope.keep(Operators.swiglu(apply(y)));
        }
    }

    private Tensor ofTwo(Tensor x, Tensor y) {
        return layer.isWidened() || layer.rows().isPresent()
                ? apply(Tensor.cat(-1, x, y))
                : layer.with(weight -> Operators.linearOfTwo(x, y, weight, bias, layer.added()));
    }

    private boolean bothInRows(Linear before) {
        return layer.rows().isPresent() && before.layer.rows().isPresent() && !layer.isWidened();
    }

    /** The weight {@code [out, in]} as it lies in the checkpoint, without what LoRAs add. */
    public Tensor weight() {
        return layer.tensor();
    }
}
