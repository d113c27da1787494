package dev.darkroom.nn;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;

/**
 * Sinusoidal embedding of a number, followed by two linear layers: {@code [B] → [B, D]}.
 *
 * <p>Source: huggingface/diffusers, {@code models/embeddings.py}, Timesteps ({@code flip_sin_to_cos}, no frequency shift) and
 * TimestepEmbedding.
 *
 * @param frequencies {@code [128]}, float32, falling from 1 to almost 1/10000
 */
public record TimestepEmbedding(Tensor frequencies, EmbeddingMlp mlp, DType dtype) {
    /** Width of the embedding, which the first layer takes. */
    public static final int CHANNELS = 256;

    public static TimestepEmbedding load(Weights w, int width) {
        return of(w, EmbeddingMlp.load(w, CHANNELS, width));
    }

    /** Makes an embedding with two layers that have other names, or other widths. */
    public static TimestepEmbedding of(Weights w, EmbeddingMlp mlp) {
        Placement placement = w.placement();
        float[] frequencies = frequencies(CHANNELS / 2);
        return new TimestepEmbedding(w.constant(Tensor.of(frequencies, frequencies.length)), mlp, placement.dtype());
    }

    /** Embeds {@code 1000 · value}, where value is a sigma or a guidance scale, float32 {@code [B]}. */
    public Tensor apply(Tensor value) {
        return mlp.apply(Operators.timestepEmbedding(value.affine(1000, 0), frequencies, 1, dtype));
    }

    /**
     * Embeds {@code 1000 · value} like {@link #apply}, but rounds {@code value · frequency} before multiplying by 1000, as Qwen-Image does.
     */
    public Tensor applyScaledLast(Tensor value) {
        return mlp.apply(Operators.timestepEmbedding(value, frequencies, 1000, dtype));
    }

    /** Frequencies {@code exp(−ln(10000) · k / n)} in float32, in the reference's order of operations. */
    static float[] frequencies(int n) {
        float[] frequencies = new float[n];
        for (int k = 0; k < n; k++) {
            frequencies[k] = exp((float) -Math.log(10_000) * k / n);
        }
        return frequencies;
    }

    /**
     * The float32 exponential as PyTorch computes it on most CPUs, to the last bit. That bit matters: a guidance scale of 30 is embedded as
     * 30000 times the frequency, and libtorch's own {@code exp} differs between builds and devices.
     *
     * <p>Source: shibatch/sleef, {@code src/libm/sleefsimdsp.c}, xexpf (Cody-Waite reduction by ln 2 in two parts, then a polynomial of
     * degree 6, fused multiply-adds throughout).
     */
    private static float exp(float x) {
        float q = (float) Math.rint(x * 1.442695f);
        float s = Math.fma(q, -0.69314575f, x);
        s = Math.fma(q, -1.4286068e-6f, s);
        float u = 0.00019852762f;
        for (float coefficient : new float[] {0.0013930436f, 0.008333361f, 0.041666485f, 0.16666667f, 0.5f}) {
            u = Math.fma(u, s, coefficient);
        }
        return Math.scalb(1 + Math.fma(s * s, u, s), (int) q);
    }
}
