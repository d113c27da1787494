package dev.darkroom.tensor;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Operators on fp8: e4m3 numbers with one float32 scale a row. On a card linear layers multiply them as they are; on the CPU the same
 * numbers are multiplied in float32, which is no faster and serves to check them.
 */
public final class ScaledOperators {
    static final Operator QUANTISE_ROWS = Operator.named("quantise_rows");
    private static final Operator DEQUANTISE = Operator.named("dequantise");
    private static final Operator SCALED_LINEAR = Operator.named("scaled_linear");
    private static final Operator SCALED_QUERY_KEY_VALUE = Operator.named("scaled_query_key_value");

    private ScaledOperators() {}

    /**
     * Rows of e4m3 numbers.
     *
     * @param values e4m3 {@code [.., K]}
     * @param scale float32 {@code [.., 1]}, by which each row's numbers are multiplied
     */
    public record Rows(Tensor values, Tensor scale) {}

    /**
     * Quantises {@code x [.., K]} row by row: the scale is {@code max|row| / 448}, at least 1e-12; the numbers are {@code x / scale}, rounded
     * to the nearest e4m3 number, ties to even.
     */
    public static Rows quantiseRows(Tensor x) {
        return rows(CardKernels.quantiseRows(x).orElseGet(() -> QUANTISE_ROWS.tensors(x)), 0);
    }

    /** Quantises {@link Operators#geluTanh GELU} of {@code x [.., K]} row by row, as {@link #quantiseRows} does. */
    public static Rows geluQuantiseRows(Tensor x) {
        return rows(CardKernels.geluQuantiseRows(x).orElseGet(() -> geluQuantiseRowsByText(x)), 0);
    }

    static List<Tensor> geluQuantiseRowsByText(Tensor x) {
        return QUANTISE_ROWS.tensors(Operators.geluTanh(x));
    }

    /**
     * A sub-block's end and the norm that the next one takes.
     *
     * @param x the tokens {@code [B, S, D]}
     * @param norm their modulated norm, quantised
     */
    public record Sum(Tensor x, Rows norm) {}

    /** Computes {@link Operators#gatedAddNorm} with the norm quantised row by row, as {@link #quantiseRows} does. */
    public static Sum gatedAddNorm(Tensor x, Tensor gate, Tensor y, Tensor shift, Tensor scale, double eps) {
        List<Tensor> parts = CardKernels.gatedAddNormQuantised(x, gate, y, shift, scale, eps)
                .orElseGet(() -> gatedAddNormByText(x, gate, y, shift, scale, eps));
        return new Sum(parts.get(0), rows(parts, 1));
    }

    static List<Tensor> gatedAddNormByText(Tensor x, Tensor gate, Tensor y, Tensor shift, Tensor scale, double eps) {
        List<Tensor> parts = Operators.GATED_ADD_NORM.tensors(x, gate, y, shift, scale, eps);
        List<Tensor> rows = QUANTISE_ROWS.tensors(parts.get(1));
        return List.of(parts.get(0), rows.get(0), rows.get(1));
    }

    private static Rows rows(List<Tensor> parts, int at) {
        return new Rows(parts.get(at), parts.get(at + 1));
    }

    /** Quantises all by a kernel, values and scale of one after those of another; empty if there is no kernel for one of them. */
    private static List<Tensor> byKernel(List<Tensor> xs) {
        List<Tensor> given = new ArrayList<>();
        for (Tensor x : xs) {
            var rows = CardKernels.quantiseRows(x);
            if (rows.isEmpty()) {
                return List.of();
            }
            given.addAll(rows.get());
        }
        return given;
    }

    /** Multiplies rows by their scales, in float32. */
    public static Tensor dequantise(Rows rows) {
        return DEQUANTISE.tensor(rows.values(), rows.scale());
    }

    /**
     * Linear layer with a quantised weight {@code [out, in]}: {@code x [.., in] → [.., out]}, of the type of {@code x}; its input is
     * quantised row by row.
     *
     * @param added what LoRAs add, as {@link Operators#linear} takes it: that is computed from {@code x} as it is
     */
    public static Tensor linear(Tensor x, Rows weight, @Nullable Tensor bias, List<Tensor> added) {
        return SCALED_LINEAR.tensor(
                x,
                weight.values(),
                weight.scale(),
                bias == null ? List.of() : List.of(bias),
                added,
                byKernel(List.of(x)));
    }

    /** Linear layer with a quantised weight, of GELU by its tanh approximation: {@code x [.., in] → [.., out]}. */
    public static Tensor linearOfGelu(Tensor x, Rows weight, @Nullable Tensor bias, List<Tensor> added) {
        if (!added.isEmpty()) {
            return linear(Operators.geluTanh(x), weight, bias, added);
        }
        Rows rows = geluQuantiseRows(x);
        return SCALED_LINEAR.tensor(
                x,
                weight.values(),
                weight.scale(),
                bias == null ? List.of() : List.of(bias),
                added,
                List.of(rows.values(), rows.scale()));
    }

    /**
     * Projects streams {@code [B, S, D]} to query, key and value side by side, as {@link AttentionOperators#queryKeyValue} does, with three
     * quantised weights for each stream; its input is quantised once.
     *
     * @param added what LoRAs add to each projection, one after another
     * @param ends where each projection's part of {@code added} ends
     * @return {@code [B, ΣS, 3, H, Dh]}
     */
    public static Tensor queryKeyValue(
            List<Tensor> xs, List<Rows> weights, List<Tensor> biases, int heads, List<Tensor> added, long[] ends) {
        return SCALED_QUERY_KEY_VALUE.tensor(
                xs,
                weights.stream().map(Rows::values).toList(),
                weights.stream().map(Rows::scale).toList(),
                biases,
                heads,
                added,
                ends,
                byKernel(xs));
    }
}
