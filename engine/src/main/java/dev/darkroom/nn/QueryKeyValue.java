package dev.darkroom.nn;

import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.ScaledOperators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.LinearWeight;
import dev.darkroom.weights.StackedLinears;
import dev.darkroom.weights.Weights;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The three projections of attention, one after another or stacked, with an RMS norm per head on query and key; all have a bias, or none has. */
public record QueryKeyValue(StackedLinears projections, RmsNorm normQ, RmsNorm normK, int heads) {
    private static final double EPS = 1e-6;

    /**
     * Loads the projections of one stream.
     *
     * @param names the projections' names, query first, such as {@code to_q, to_k, to_v}
     * @param normNames the norms' names, query first
     */
    public static QueryKeyValue load(
            Weights w, List<String> names, List<String> normNames, int width, int heads, int headWidth) {
        return load(w, names, normNames, true, EPS, width, heads, headWidth);
    }

    /** Loads projections {@code to_q}, {@code to_k} and {@code to_v} without biases, whose norms {@code norm_q} and {@code norm_k} have an epsilon of their own. */
    public static QueryKeyValue withoutBias(Weights w, double eps, int width, int heads, int headWidth) {
        return load(
                w, List.of("to_q", "to_k", "to_v"), List.of("norm_q", "norm_k"), false, eps, width, heads, headWidth);
    }

    /** Loads projections of other names, without biases. */
    public static QueryKeyValue withoutBias(
            Weights w, List<String> names, List<String> normNames, int width, int heads, int headWidth) {
        return load(w, names, normNames, false, EPS, width, heads, headWidth);
    }

    private static QueryKeyValue load(
            Weights w,
            List<String> names,
            List<String> normNames,
            boolean biased,
            double eps,
            int width,
            int heads,
            int headWidth) {
        long out = (long) heads * headWidth;
        return new QueryKeyValue(
                w.stackedLinears(names, biased, width, out, out, out),
                RmsNorm.load(w.at(normNames.get(0)), headWidth, eps),
                RmsNorm.load(w.at(normNames.get(1)), headWidth, eps),
                heads);
    }

    /** Tells whether all three multiply rows of e4m3 numbers, and nothing is added that wants the numbers they were made of. */
    public boolean takesRows() {
        return projections.layers().stream()
                .allMatch(layer -> layer.rows().isPresent() && layer.added().isEmpty());
    }

    /** Tokens {@code [B, S, D]} of one stream and the projections that they go through. */
    public record Tokens(QueryKeyValue by, Normed x) {}

    /** Brings tokens {@code [B, S, D]} to these projections. */
    public Tokens of(Normed tokens) {
        return new Tokens(this, tokens);
    }

    /** Full attention over streams joined along S, rotated by {@code rope}: {@code [B, ΣS, D]}. */
    public static Tensor attend(Tensor rope, Tokens... streams) {
        return attend(rope, null, List.of(streams));
    }

    /**
     * Attention over streams joined along S, rotated by {@code rope}: {@code [B, ΣS, D]}.
     *
     * @param mask true for keys that may be attended to, bool {@code [B, ΣS]}; null for all
     */
    public static Tensor attend(Tensor rope, @Nullable Tensor mask, List<Tokens> streams) {
        Tensor joint = project(streams);
        long first = 0;
        long rows = 0;
        for (int i = 0; i < streams.size(); i++) {
            QueryKeyValue by = streams.get(i).by;
            rows += streams.get(i).x.length();
            if (i + 1 == streams.size() || !streams.get(i + 1).by.equals(by)) {
                AttentionOperators.qkNormRope(
                        joint, by.normQ.weight(), by.normK.weight(), rope, first, rows, by.normQ.eps());
                first += rows;
                rows = 0;
            }
        }
        return AttentionOperators.jointAttention(joint, mask);
    }

    /** Projects streams of equally many heads into one tensor {@code [B, ΣS, 3, H, Dh]}. */
    private static Tensor project(List<Tokens> streams) {
        List<StackedLinears> all =
                streams.stream().map(stream -> stream.by.projections).toList();
        List<LinearWeight> layers =
                all.stream().flatMap(one -> one.layers().stream()).toList();
        LowRanks added = LowRanks.of(layers);
        if (layers.stream().allMatch(layer -> layer.rows().isPresent())) {
            return ScaledOperators.queryKeyValue(
                    streams.stream()
                            .map(stream -> stream.x.tensors().getFirst())
                            .toList(),
                    streams.stream().map(stream -> stream.x.rows()).toList(),
                    weights(all, StackedLinears::rows, layer -> layer.rows().orElseThrow()),
                    biases(all, StackedLinears::rows),
                    streams.getFirst().by.heads,
                    added.tensors(),
                    added.ends(),
                    streams.getFirst().x.dtype());
        }
        try (var whole = Scope.open("weights of attention")) {
            return whole.keep(AttentionOperators.queryKeyValue(
                    streams.stream().map(stream -> stream.x.plain()).toList(),
                    weights(all, StackedLinears::stack, LinearWeight::tensor),
                    biases(all, StackedLinears::stack),
                    streams.getFirst().by.heads,
                    added.tensors(),
                    added.ends()));
        }
    }

    /** One weight a stream, in which its three are stacked, or all three of each where those of one lie apart. */
    private static <W> List<W> weights(
            List<StackedLinears> streams,
            Function<StackedLinears, Optional<StackedLinears.Stack<W>>> stack,
            Function<LinearWeight, W> weight) {
        return areStacked(streams, stack)
                ? streams.stream()
                        .map(stream -> stack.apply(stream).orElseThrow().weight())
                        .toList()
                : streams.stream()
                        .flatMap(stream -> stream.layers().stream().map(weight))
                        .toList();
    }

    private static <W> List<Tensor> biases(
            List<StackedLinears> streams, Function<StackedLinears, Optional<StackedLinears.Stack<W>>> stack) {
        return areStacked(streams, stack)
                ? streams.stream()
                        .map(stream -> stack.apply(stream).orElseThrow().bias())
                        .filter(Objects::nonNull)
                        .toList()
                : streams.stream().flatMap(stream -> stream.biases().stream()).toList();
    }

    private static <W> boolean areStacked(
            List<StackedLinears> streams, Function<StackedLinears, Optional<StackedLinears.Stack<W>>> stack) {
        return streams.stream().allMatch(stream -> stack.apply(stream).isPresent());
    }
}
