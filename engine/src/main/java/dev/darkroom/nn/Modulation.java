package dev.darkroom.nn;

import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Adaptive layer norm: shift, scale and gate computed from the conditioning vector {@code temb [B, D]}, for one or two sub-blocks.
 *
 * <p>Source: huggingface/diffusers, {@code models/normalization.py}, AdaLayerNormZero and AdaLayerNormZeroSingle.
 */
public record Modulation(Linear layer, int sets) {
    private static final double EPS = 1e-6;

    /** Shift, scale and gate of one sub-block, {@code [B, 1, D]} each. */
    public record Set(Tensor shift, Tensor scale, Tensor gate) {
        /** Modulated norm: {@code LayerNorm(x) · (1 + scale) + shift}. */
        public Tensor norm(Tensor x) {
            return Operators.modulatedNorm(x, shift, scale, EPS);
        }

        /** Begins a sub-block with this modulation. */
        public Residual begin(Tensor x) {
            return new Residual(x, norm(x));
        }

        /** Ends the sub-block of this modulation, whose output is {@code y}, and begins the next one. */
        public Residual end(Tensor x, Tensor y, Set next) {
            List<Tensor> both = Operators.gatedAddNorm(x, gate, y, next.shift, next.scale, EPS);
            return new Residual(both.get(0), both.get(1));
        }

        /** Gated residual connection: {@code x + gate · y}. */
        public Tensor gatedAdd(Tensor x, Tensor y) {
            return Operators.gatedAdd(x, gate, y);
        }
    }

    /** Reads the layer {@code linear} of this place, {@code width → 3 · sets · width}. */
    public static Modulation load(Weights w, int width, int sets) {
        return linear(w.at("linear"), width, sets);
    }

    /** Reads the layer {@code width → 3 · sets · width} from its own place. */
    public static Modulation linear(Weights linear, int width, int sets) {
        return new Modulation(Linear.load(linear, width, 3 * sets * width), sets);
    }

    /** Computes the sets of the sub-blocks from {@code temb [B, D]}, in order: attention, then MLP. */
    public List<Set> of(Tensor temb) {
        List<Tensor> parts = layer.modulation(temb, 3 * sets);
        return IntStream.range(0, sets)
                .mapToObj(i -> new Set(parts.get(3 * i), parts.get(3 * i + 1), parts.get(3 * i + 2)))
                .toList();
    }
}
