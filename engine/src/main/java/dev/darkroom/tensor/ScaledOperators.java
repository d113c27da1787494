package dev.darkroom.tensor;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Operators on fp8: e4m3 numbers with one float32 scale a row. On a card linear layers multiply them as they are; on the CPU the same
 * numbers are multiplied in float32, which is no faster and serves to check them.
 */
public final class ScaledOperators {
    static final Operator QUANTISE_ROWS = Operator.named("quantise_rows");
    private static final Operator DEQUANTISE = Operator.named("dequantise");
    private static final Operator DEQUANTISE_AS = Operator.named("dequantise_as");
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

    /** Quantises {@code x [.., K]} and {@link Operators#geluTanh GELU} of {@code y [.., L]} side by side: rows {@code [.., K + L]}. */
    public static Rows besideGeluQuantiseRows(Tensor x, Tensor y) {
        return rows(CardKernels.besideGeluQuantiseRows(x, y).orElseGet(() -> besideGeluQuantiseRowsByText(x, y)), 0);
    }

    static List<Tensor> besideGeluQuantiseRowsByText(Tensor x, Tensor y) {
        return QUANTISE_ROWS.tensors(Tensor.cat(-1, x, Operators.geluTanh(y)));
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

    /** Multiplies rows by their scales, in float32. */
    public static Tensor dequantise(Rows rows) {
        return DEQUANTISE.tensor(rows.values(), rows.scale());
    }

    /** Multiplies rows by their scales, in float32, and rounds the products to {@code dtype}. */
    public static Tensor dequantise(Rows rows, DType dtype) {
        return DEQUANTISE_AS.tensor(rows.values(), rows.scale(), dtype);
    }

    /**
     * Linear layer with a quantised weight {@code [out, in]}: {@code x [.., in] → [.., out]}, of the type of {@code x}; its input is
     * quantised row by row.
     *
     * @param added what LoRAs add, as {@link Operators#linear} takes it: that is computed from {@code x} as it is
     */
    public static Tensor linear(Tensor x, Rows weight, @Nullable Tensor bias, List<Tensor> added) {
        return linear(x, quantiseRows(x), weight, bias, added, x.dtype());
    }

    /** Linear layer with a quantised weight, of rows that are quantised already: {@code [.., in] → [.., out]} of {@code type}. */
    public static Tensor linear(Rows rows, Rows weight, @Nullable Tensor bias, DType type) {
        return linear(rows.values(), rows, weight, bias, List.of(), type);
    }

    /** Linear layer with a quantised weight, of GELU by its tanh approximation: {@code x [.., in] → [.., out]}. */
    public static Tensor linearOfGelu(Tensor x, Rows weight, @Nullable Tensor bias, List<Tensor> added) {
        return added.isEmpty()
                ? linear(geluQuantiseRows(x), weight, bias, x.dtype())
                : linear(Operators.geluTanh(x), weight, bias, added);
    }

    /** Linear layer with a quantised weight, of {@code x [.., K]} and GELU of {@code y [.., in − K]} side by side: {@code [.., out]}. */
    public static Tensor linearBesideGelu(Tensor x, Tensor y, Rows weight, @Nullable Tensor bias, List<Tensor> added) {
        return added.isEmpty()
                ? linear(besideGeluQuantiseRows(x, y), weight, bias, x.dtype())
                : linear(Tensor.cat(-1, x, Operators.geluTanh(y)), weight, bias, added);
    }

    private static Tensor linear(
            Tensor x, Rows rows, Rows weight, @Nullable Tensor bias, List<Tensor> added, DType type) {
        return SCALED_LINEAR.tensor(
                x,
                rows.values(),
                rows.scale(),
                weight.values(),
                weight.scale(),
                bias == null ? List.of() : List.of(bias),
                added,
                type);
    }

    /**
     * Projects streams {@code [B, S, D]} to query, key and value side by side, as {@link AttentionOperators#queryKeyValue} does, with three
     * quantised weights for each stream, or one in which the three are stacked.
     *
     * @param xs the streams as they were; only what LoRAs add is computed from them
     * @param rows the streams, quantised
     * @param added what LoRAs add to each projection, one after another
     * @param biases as many as there are weights, or none
     * @param ends where each projection's part of {@code added} ends
     * @return {@code [B, ΣS, 3, H, Dh]}, of {@code type}
     */
    public static Tensor queryKeyValue(
            List<Tensor> xs,
            List<Rows> rows,
            List<Rows> weights,
            List<Tensor> biases,
            int heads,
            List<Tensor> added,
            long[] ends,
            DType type) {
        return SCALED_QUERY_KEY_VALUE.tensor(
                xs,
                rows.stream()
                        .flatMap(each -> Stream.of(each.values(), each.scale()))
                        .toList(),
                weights.stream().map(Rows::values).toList(),
                weights.stream().map(Rows::scale).toList(),
                biases,
                heads,
                added,
                ends,
                type);
    }
}
