package dev.darkroom.nn;

import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.ScaledOperators;
import dev.darkroom.tensor.ScaledOperators.Rows;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.LinearWeight;
import dev.darkroom.weights.Weights;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The three projections of attention, with an RMS norm per head on query and key. */
public record QueryKeyValue(List<LinearWeight> layers, List<Tensor> biases, RmsNorm normQ, RmsNorm normK, int heads) {
    private static final double EPS = 1e-6;

    /**
     * Loads the projections of one stream.
     *
     * @param names the projections' names, query first, such as {@code to_q, to_k, to_v}
     * @param normNames the norms' names, query first
     */
    public static QueryKeyValue load(
            Weights w, List<String> names, List<String> normNames, int width, int heads, int headWidth) {
        return new QueryKeyValue(
                names.stream()
                        .map(name -> w.at(name).linear(width, (long) heads * headWidth))
                        .toList(),
                names.stream()
                        .map(name -> w.at(name).tensor("bias", (long) heads * headWidth))
                        .toList(),
                RmsNorm.load(w.at(normNames.get(0)), headWidth, EPS),
                RmsNorm.load(w.at(normNames.get(1)), headWidth, EPS),
                heads);
    }

    /** Tokens {@code [B, S, D]} of one stream and the projections that they go through. */
    public record Stream(QueryKeyValue projections, Tensor tokens) {}

    /** Brings tokens {@code [B, S, D]} to these projections. */
    public Stream of(Tensor tokens) {
        return new Stream(this, tokens);
    }

    /** Full attention over streams joined along S, rotated by {@code rope}: {@code [B, ΣS, D]}. */
    public static Tensor attend(Tensor rope, Stream... streams) {
        return attend(rope, null, List.of(streams));
    }

    /**
     * Attention over streams joined along S, rotated by {@code rope}: {@code [B, ΣS, D]}.
     *
     * @param mask true for keys that may be attended to, bool {@code [B, ΣS]}; null for all
     */
    public static Tensor attend(Tensor rope, @Nullable Tensor mask, List<Stream> streams) {
        Tensor joint = project(streams);
        long first = 0;
        for (Stream stream : streams) {
            QueryKeyValue by = stream.projections;
            long rows = stream.tokens.size(1);
            AttentionOperators.qkNormRope(joint, by.normQ.weight(), by.normK.weight(), rope, first, rows, EPS);
            first += rows;
        }
        return AttentionOperators.jointAttention(joint, mask);
    }

    /** Projects streams of equally many heads into one tensor {@code [B, ΣS, 3, H, Dh]}. */
    private static Tensor project(List<Stream> streams) {
        List<QueryKeyValue> all = streams.stream().map(Stream::projections).toList();
        List<LinearWeight> layers =
                all.stream().flatMap(one -> one.layers.stream()).toList();
        LowRanks added = LowRanks.of(layers);
        List<Rows> rows =
                layers.stream().flatMap(layer -> layer.rows().stream()).toList();
        if (rows.size() == layers.size()) {
            return ScaledOperators.queryKeyValue(
                    streams.stream().map(Stream::tokens).toList(),
                    rows,
                    all.stream().flatMap(one -> one.biases.stream()).toList(),
                    all.getFirst().heads,
                    added.tensors(),
                    added.ends());
        }
        return AttentionOperators.queryKeyValue(
                streams.stream().map(Stream::tokens).toList(),
                layers.stream().map(LinearWeight::tensor).toList(),
                all.stream().flatMap(one -> one.biases.stream()).toList(),
                all.getFirst().heads,
                added.tensors(),
                added.ends());
    }
}
