package dev.darkroom.nn;

import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.LinearWeight;
import dev.darkroom.weights.Weights;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The three projections of attention, with an RMS norm per head on query and key. */
public record QueryKeyValue(List<LinearWeight> layers, List<Tensor> biases, RmsNorm normQ, RmsNorm normK, int heads) {
    private static final double EPS = 1e-6;

    /** Query, key and value of one stream, {@code [B, H, S, Dh]} each. */
    public record Heads(Tensor query, Tensor key, Tensor value) {}

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

    /** Projects one stream {@code x [B, S, D]} to its heads. */
    public Heads of(Tensor x) {
        List<Tensor> weights = layers.stream().map(LinearWeight::tensor).toList();
        LowRanks added = LowRanks.of(layers);
        List<Tensor> parts = AttentionOperators.queryKeyValue(
                x, weights, biases, normQ.weight(), normK.weight(), heads, EPS, added.tensors(), added.ends());
        return new Heads(parts.get(0), parts.get(1), parts.get(2));
    }

    /** Full attention over streams joined along S, rotated by {@code rope}: {@code [B, ΣS, D]}. */
    public static Tensor attend(Tensor rope, Heads... streams) {
        return attend(rope, null, streams);
    }

    /**
     * Attention over streams joined along S, rotated by {@code rope}: {@code [B, ΣS, D]}.
     *
     * @param mask true for keys that may be attended to, bool {@code [B, ΣS]}; null for all
     */
    public static Tensor attend(Tensor rope, @Nullable Tensor mask, Heads... streams) {
        return AttentionOperators.ropeAttention(
                List.of(streams).stream().map(Heads::query).toList(),
                List.of(streams).stream().map(Heads::key).toList(),
                List.of(streams).stream().map(Heads::value).toList(),
                rope,
                mask);
    }
}
