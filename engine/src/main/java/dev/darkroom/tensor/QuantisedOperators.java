package dev.darkroom.tensor;

import java.util.List;

/** The operators that write rows as e4m3 with a scale each, for products in eight bits. */
public final class QuantisedOperators {
    static final Operator QUANTISE_ROWS = Operator.named("quantise_rows");

    private QuantisedOperators() {}

    /**
     * Writes rows {@code [B, S, D]} as e4m3, each with a scale of its own: {@code scale = max|row| / 448}, and every number divided by it.
     *
     * @return the rows, e4m3 {@code [B, S, D]}; then their scales, float32 {@code [B, S, 1]}
     */
    public static List<Tensor> quantiseRows(Tensor x) {
        return CardKernels.quantiseRows(x).orElseGet(() -> QUANTISE_ROWS.tensors(x));
    }

    /** Writes {@link Operators#geluTanh GELU} of rows as {@link #quantiseRows} writes them. */
    public static List<Tensor> geluQuantiseRows(Tensor x) {
        return CardKernels.geluQuantiseRows(x).orElseGet(() -> geluQuantiseRowsByText(x));
    }

    /**
     * Computes {@link Operators#gatedAddNorm} and writes the norm as {@link #quantiseRows} does.
     *
     * @return x'; then the rows of its norm, and their scales
     */
    public static List<Tensor> gatedAddNormQuantised(
            Tensor x, Tensor gate, Tensor y, Tensor shift, Tensor scale, double eps) {
        return CardKernels.gatedAddNormQuantised(x, gate, y, shift, scale, eps)
                .orElseGet(() -> gatedAddNormQuantisedByText(x, gate, y, shift, scale, eps));
    }

    static List<Tensor> geluQuantiseRowsByText(Tensor x) {
        return QUANTISE_ROWS.tensors(Operators.geluTanh(x));
    }

    static List<Tensor> gatedAddNormQuantisedByText(
            Tensor x, Tensor gate, Tensor y, Tensor shift, Tensor scale, double eps) {
        List<Tensor> parts = Operators.GATED_ADD_NORM.tensors(x, gate, y, shift, scale, eps);
        List<Tensor> rows = QUANTISE_ROWS.tensors(parts.get(1));
        return List.of(parts.get(0), rows.get(0), rows.get(1));
    }
}
