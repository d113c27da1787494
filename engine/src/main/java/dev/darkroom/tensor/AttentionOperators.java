package dev.darkroom.tensor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operators of attention: projections, rotary embeddings, and attention itself. */
public final class AttentionOperators {
    private static final Operator ROPE_TABLE = Operator.named("rope_table");
    private static final Operator COMPLEX_PARTS = Operator.named("complex_parts");
    private static final Operator QUERY_KEY_VALUE = Operator.named("query_key_value");
    static final Operator QK_NORM_ROPE = Operator.named("qk_norm_rope");
    static final Operator JOINT_ATTENTION = Operator.named("joint_attention");

    private static final Operator ATTENTION = Operator.named("attention");
    private static final Operator BIASED_ATTENTION = Operator.named("biased_attention");
    private static final Operator RELATIVE_BUCKETS = Operator.named("relative_buckets");
    private static final Operator HALF_ROPE_TABLE = Operator.named("half_rope_table");
    private static final Operator HALF_ROPE = Operator.named("half_rope");
    private static final Operator WINDOW_ATTENTION = Operator.named("window_attention");
    private static final Operator CAUSAL_ATTENTION = Operator.named("causal_attention");

    private AttentionOperators() {}

    /**
     * Rotary embedding table of positions: {@code ids [S, axes] → complex [S, Dh/2]}.
     *
     * @param widths features that each axis rotates
     * @param dtype the type that the angles are computed in
     */
    public static Tensor ropeTable(Tensor ids, long[] widths, double theta, DType dtype) {
        return ROPE_TABLE.tensor(ids, widths, theta, dtype);
    }

    /** Interleaves real and imaginary parts: complex {@code [.., n] → float32 [.., 2n]}. */
    public static Tensor complexParts(Tensor x) {
        return COMPLEX_PARTS.tensor(x);
    }

    /**
     * Projects streams {@code [B, S, D]} to queries, keys and values: {@code [B, ΣS, 3, H, Dh]}, contiguous, in memory of its own, stream
     * after stream.
     *
     * @param weights three of each stream, {@code [H·Dh, D]}, or one of each, {@code [3·H·Dh, D]}
     * @param biases as many, or none
     * @param added what LoRAs add to each projection, as {@link Operators#linear} takes it, one projection after another
     * @param ends where each projection's part of {@code added} ends: three for each stream
     */
    public static Tensor queryKeyValue(
            List<Tensor> streams,
            List<Tensor> weights,
            List<Tensor> biases,
            int heads,
            List<Tensor> added,
            long[] ends) {
        return QUERY_KEY_VALUE.tensor(streams, weights, biases, heads, added, ends);
    }

    /**
     * Normalises and rotates the queries and keys of one stream where they lie: an RMS norm of every head, then adjacent pairs of features
     * turned by the row's angles. Values stay as they are.
     *
     * @param joint {@code [B, S, 3, H, Dh]}, contiguous, with queries, keys and values in that order; written to
     * @param normQ weight of the queries' norm, {@code [Dh]}
     * @param normK weight of the keys' norm, {@code [Dh]}
     * @param table rotations of all rows of {@code joint}: complex64 {@code [S, Dh/2]}
     * @param first first row of the stream
     * @param rows number of its rows
     */
    public static void qkNormRope(
            Tensor joint, Tensor normQ, Tensor normK, Tensor table, long first, long rows, double eps) {
        if (!CardKernels.qkNormRope(joint, normQ, normK, table, first, rows, eps)) {
            QK_NORM_ROPE.integer(joint, normQ, normK, table, first, rows, eps);
        }
    }

    /**
     * Attention of all rows to all rows: {@code [B, S, 3, H, Dh] → [B, S, H·Dh]}.
     *
     * @param mask true for keys that may be attended to, bool {@code [B, S]}; null for all
     */
    public static Tensor jointAttention(Tensor joint, @Nullable Tensor mask) {
        return AttentionChoice.attend(joint, mask);
    }

    /** Scaled dot-product attention: {@code [B, S, D]} each {@code → [B, S, D]}. */
    public static Tensor attention(Tensor query, Tensor key, Tensor value, int heads, boolean causal) {
        return ATTENTION.tensor(query, key, value, heads, causal);
    }

    /**
     * Attention without scaling of the scores: {@code [B, S, D]} each {@code → [B, S, D]}, {@code bias [1, H, S, S]} added to the scores.
     */
    public static Tensor biasedAttention(Tensor query, Tensor key, Tensor value, int heads, Tensor bias) {
        return BIASED_ATTENTION.tensor(query, key, value, heads, bias);
    }

    /** Bucket of T5's relative position bias for every pair of positions: {@code [S, S]}, int64. */
    public static Tensor relativeBuckets(int length, int buckets, int maxDistance, Device device) {
        return RELATIVE_BUCKETS.tensor(length, buckets, maxDistance, device);
    }

    /**
     * Cosines and sines {@code [.., S, 1, n]} of the angles by which pairs of features turn that lie half a head apart.
     *
     * @param positions {@code [A, .., S]}, one row an axis
     * @param axes {@code [n]}: the axis that turns angle {@code j}
     * @param width features that the frequencies {@code theta^(−2k/width)} are spread over; they repeat after half of it
     */
    public static List<Tensor> halfRopeTable(Tensor positions, Tensor axes, int width, double theta) {
        return HALF_ROPE_TABLE.tensors(positions, axes, width, theta);
    }

    /** Rotates features {@code j} and {@code j + Dh/2} of {@code x [.., S, H, Dh]}. */
    public static Tensor halfRope(Tensor x, Tensor cos, Tensor sin) {
        return HALF_ROPE.tensor(x, cos, sin);
    }

    /**
     * Self-attention within windows, rotated by halves: query, key and value side by side, {@code [S, 3·D] → [S, D]}.
     *
     * @param windows rows of the tokens of each window, {@code [n, L]} for all windows of one length; if there is but one length, the
     *     windows must lie one after another
     */
    public static Tensor windowAttention(Tensor queryKeyValue, List<Tensor> rope, List<Tensor> windows, int heads) {
        return WINDOW_ATTENTION.tensor(queryKeyValue, rope.get(0), rope.get(1), windows, heads);
    }

    /**
     * Causal self-attention, rotated by halves, with fewer key heads than query heads: query {@code [B, S, H·Dh]}, key and value
     * {@code [B, S, fewer·Dh]} give {@code [B, S, H·Dh]}.
     *
     * @param mask {@code [B, S]}, 0 where a token is padding; null if there is none
     */
    public static Tensor causalAttention(
            Tensor query, Tensor key, Tensor value, List<Tensor> rope, int heads, int keyHeads, @Nullable Tensor mask) {
        return CAUSAL_ATTENTION.tensor(
                query, key, value, rope.get(0), rope.get(1), heads, keyHeads, mask == null ? List.of() : List.of(mask));
    }
}
