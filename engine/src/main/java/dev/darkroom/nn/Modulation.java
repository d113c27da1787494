package dev.darkroom.nn;

import dev.darkroom.ring.Held;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.ScaledOperators;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import java.util.List;

/**
 * Adaptive layer norm: shift, scale and gate computed from the conditioning vector, for one or two sub-blocks.
 *
 * <p>Source: huggingface/diffusers, {@code models/normalization.py}, AdaLayerNormZero and AdaLayerNormZeroSingle.
 *
 * @param layer computed for many steps at once, and held apart from its block for that
 */
public record Modulation(Held<Linear> layer) {
    private static final double EPS = 1e-6;

    /**
     * A modulated norm, {@code LayerNorm(x) · (1 + scale) + shift}.
     *
     * @param shift {@code [B, 1, D]}
     * @param scale {@code [B, 1, D]}
     * @param quantised true if all layers that take it multiply rows of e4m3 numbers
     */
    public record Norm(Tensor shift, Tensor scale, boolean quantised) {
        /** Computes the norm of {@code x [B, S, D]}. */
        public Tensor of(Tensor x) {
            return Operators.modulatedNorm(x, shift, scale, EPS);
        }

        /** Returns this norm for layers, or other work, that takes numbers as they are. */
        public Norm plain() {
            return new Norm(shift, scale, false);
        }

        /** Begins a sub-block, which takes this norm of {@code x}. */
        public Residual begin(Tensor x) {
            return new Residual(x, new Normed.Plain(of(x)));
        }
    }

    /** The norm that a sub-block begins with, and the gate {@code [B, 1, D]} that its output goes through. */
    public record Set(Norm norm, Tensor gate) {
        /** Ends this sub-block, which made {@code y} of the norm of {@code x}, and begins the next one. */
        public Residual end(Tensor x, Tensor y, Norm next) {
            if (next.quantised) {
                var sum = ScaledOperators.gatedAddNorm(x, gate, y, next.shift, next.scale, EPS);
                return new Residual(sum.x(), new Normed.Quantised(sum.norm(), x.dtype()));
            }
            List<Tensor> both = Operators.gatedAddNorm(x, gate, y, next.shift, next.scale, EPS);
            return new Residual(both.get(0), new Normed.Plain(both.get(1)));
        }
    }

    /** The sets of a block of two sub-blocks. */
    public record Pair(Set attention, Set mlp) {}

    /** Reads the layer {@code linear} of this place, {@code width → 3 · sets · width}. */
    public static Modulation load(Weights w, int width, int sets) {
        return linear(w.at("linear"), width, sets);
    }

    /** Reads the layer {@code width → 3 · sets · width} from its own place. */
    public static Modulation linear(Weights linear, int width, int sets) {
        return new Modulation(linear.apart(its -> Linear.load(its, width, 3 * sets * width)));
    }

    /** Reads the layer {@code linear} of this place, {@code width → 3 · sets · width}, which has no bias. */
    public static Modulation withoutBias(Weights w, int width, int sets) {
        return new Modulation(w.at("linear").apart(its -> Linear.withoutBias(its, width, 3 * sets * width)));
    }

    /**
     * Returns the set of a block that is one sub-block, for the step of the conditioning.
     *
     * @param quantised true if all layers that take its norm multiply rows of e4m3 numbers
     */
    public Set one(Conditioning conditioning, boolean quantised) {
        return set(conditioning.parts(layer.itself(), 3), 0, quantised);
    }

    /**
     * Returns the sets of a block of attention and MLP, for the step of the conditioning.
     *
     * @param attention takes the first norm
     * @param mlp takes the second
     */
    public Pair two(Conditioning conditioning, QueryKeyValue attention, Mlp mlp) {
        List<Tensor> parts = conditioning.parts(layer.itself(), 6);
        return new Pair(set(parts, 0, attention.takesRows()), set(parts, 3, mlp.takesRows()));
    }

    private static Set set(List<Tensor> parts, int at, boolean quantised) {
        return new Set(new Norm(parts.get(at), parts.get(at + 1), quantised), parts.get(at + 2));
    }
}
