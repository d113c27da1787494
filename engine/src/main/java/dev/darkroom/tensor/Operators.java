package dev.darkroom.tensor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Java methods for the operators of {@code operators.py}. All of them are bound when this class is first used, so that a missing one is
 * reported by name before the first job. Shapes are described beside the TorchScript text.
 */
public final class Operators {
    static final Operator MAP_FILE = Operator.named("map_file");
    static final Operator VIEW_BYTES = Operator.named("view_bytes");
    static final Operator COPY_BYTES = Operator.named("copy_bytes");
    static final Operator COPY = Operator.named("copy");
    static final Operator TOUCH = Operator.named("touch");
    static final Operator CAST = Operator.named("cast");
    static final Operator TO_DEVICE = Operator.named("to_device");
    static final Operator PINNED = Operator.named("pinned");
    static final Operator UPLOAD = Operator.named("upload");
    static final Operator EMPTY_BYTES = Operator.named("empty_bytes");
    static final Operator DTYPE_OF = Operator.named("dtype_of");
    static final Operator TO_HOST_FLOAT = Operator.named("to_host_float");
    static final Operator TO_HOST_LONG = Operator.named("to_host_long");
    static final Operator WAIT_FOR = Operator.named("wait_for");
    static final Operator RANDN = Operator.named("randn");
    static final Operator ZEROS = Operator.named("zeros");
    static final Operator RESHAPE = Operator.named("reshape");
    static final Operator PERMUTE = Operator.named("permute");
    static final Operator CONTIGUOUS = Operator.named("contiguous");
    static final Operator NARROW = Operator.named("narrow");
    private static final Operator SELECT_ROWS = Operator.named("select_rows");
    private static final Operator PUT_ROWS = Operator.named("put_rows");
    static final Operator CAT = Operator.named("cat");
    static final Operator CHUNK = Operator.named("chunk");
    static final Operator ADD = Operator.named("add");
    static final Operator SUB = Operator.named("sub");
    static final Operator DIV = Operator.named("div");
    static final Operator MUL = Operator.named("mul");
    static final Operator AFFINE = Operator.named("affine");
    static final Operator CLAMP = Operator.named("clamp");
    static final Operator EXP = Operator.named("exp");
    private static final Operator LERP = Operator.named("lerp");
    private static final Operator GUIDE_KEEPING_LENGTH = Operator.named("guide_keeping_length");
    private static final Operator EULER_STEP = Operator.named("euler_step");
    private static final Operator GATED_ADD = Operator.named("gated_add");
    private static final Operator SILU = Operator.named("silu");
    private static final Operator GELU_TANH = Operator.named("gelu_tanh");
    private static final Operator GELU = Operator.named("gelu");
    private static final Operator QUICK_GELU = Operator.named("quick_gelu");
    private static final Operator LINEAR = Operator.named("linear");
    private static final Operator GATED_MLP = Operator.named("gated_mlp");
    private static final Operator ADAPTED_LINEAR = Operator.named("adapted_linear");
    private static final Operator ADAPTED_MODULATION = Operator.named("adapted_modulation");
    private static final Operator ADAPTED_QUERY_KEY_VALUE = Operator.named("adapted_query_key_value");
    private static final Operator LOW_RANK = Operator.named("low_rank");
    private static final Operator ALL_FINITE = Operator.named("all_finite");
    private static final Operator EMBEDDING = Operator.named("embedding");
    private static final Operator LAYER_NORM = Operator.named("layer_norm");
    private static final Operator RMS_NORM = Operator.named("rms_norm");
    private static final Operator MODULATED_NORM = Operator.named("modulated_norm");
    private static final Operator MODULATION = Operator.named("modulation");
    private static final Operator TIMESTEP_EMBEDDING = Operator.named("timestep_embedding");
    private static final Operator ROPE_TABLE = Operator.named("rope_table");
    private static final Operator ROPE = Operator.named("rope");
    private static final Operator COMPLEX_PARTS = Operator.named("complex_parts");
    private static final Operator QUERY_KEY_VALUE = Operator.named("query_key_value");
    private static final Operator ROPE_ATTENTION = Operator.named("rope_attention");
    private static final Operator ATTENTION = Operator.named("attention");
    private static final Operator BIASED_ATTENTION = Operator.named("biased_attention");
    private static final Operator RELATIVE_BUCKETS = Operator.named("relative_buckets");
    private static final Operator HALF_ROPE_TABLE = Operator.named("half_rope_table");
    private static final Operator HALF_ROPE = Operator.named("half_rope");
    private static final Operator WINDOW_ATTENTION = Operator.named("window_attention");
    private static final Operator CAUSAL_ATTENTION = Operator.named("causal_attention");
    private static final Operator CONV2D = Operator.named("conv2d");
    private static final Operator CAUSAL_CONV3D = Operator.named("causal_conv3d");
    private static final Operator GROUP_NORM = Operator.named("group_norm");
    private static final Operator NORM_SILU_CONV = Operator.named("norm_silu_conv");
    private static final Operator CHANNEL_NORM = Operator.named("channel_norm");
    private static final Operator CHANNEL_NORM_SILU_CONV = Operator.named("channel_norm_silu_conv");
    private static final Operator UPSAMPLE_CONV = Operator.named("upsample_conv");
    private static final Operator PAD_RIGHT_BOTTOM = Operator.named("pad_right_bottom");
    private static final Operator FROM_RGB = Operator.named("from_rgb");
    private static final Operator TO_RGB = Operator.named("to_rgb");
    private static final Operator VISION_PATCHES = Operator.named("vision_patches");

    private Operators() {}

    /**
     * Loads libtorch and the operator library, and binds every operator.
     *
     * @return the names of the bound operators
     */
    public static List<String> bind() {
        return Operator.bound();
    }

    /** Number of operator calls so far, for benchmarks. */
    public static long calls() {
        return Operator.calls();
    }

    /**
     * Draws standard normal numbers from PyTorch's CPU generator, one tensor for each shape, one after another: the numbers that
     * {@code torch.randn(shape, dtype=dtype, generator=torch.Generator("cpu").manual_seed(seed))} gives in Python.
     */
    public static List<Tensor> randn(long seed, DType dtype, long[]... shapes) {
        return RANDN.tensors(seed, dtype, shapes);
    }

    /** Makes a tensor of zeros on a device. */
    public static Tensor zeros(DType dtype, Device device, long... shape) {
        return ZEROS.tensor(shape, dtype, device);
    }

    /** Selects rows of {@code x [S, ..]} by {@code index [n]}: {@code [n, ..]}. */
    public static Tensor selectRows(Tensor x, Tensor index) {
        return SELECT_ROWS.tensor(x, index);
    }

    /** Copies {@code x [.., D]} with {@code rows [n, D]} in the places {@code index [n]}, counted through all dimensions but the last. */
    public static Tensor putRows(Tensor x, Tensor index, Tensor rows) {
        return PUT_ROWS.tensor(x, index, rows);
    }

    /** Interpolates linearly: {@code start + weight · (end − start)}. */
    public static Tensor lerp(Tensor start, Tensor end, double weight) {
        return LERP.tensor(start, end, weight);
    }

    /**
     * Classifier-free guidance, {@code negative + scale · (prediction − negative)}, with each token {@code [.., D]} scaled to its norm in
     * the prediction; in float32.
     */
    public static Tensor guideKeepingLength(Tensor prediction, Tensor negative, double scale) {
        return GUIDE_KEEPING_LENGTH.tensor(prediction, negative, scale);
    }

    /** One Euler step: {@code sample + dt · prediction}, in float32. */
    public static Tensor eulerStep(Tensor sample, Tensor prediction, double dt) {
        return EULER_STEP.tensor(sample, prediction, dt);
    }

    /** Gated residual connection: {@code x + gate · y}. */
    public static Tensor gatedAdd(Tensor x, Tensor gate, Tensor y) {
        return GATED_ADD.tensor(x, gate, y);
    }

    /** SiLU: {@code x · sigmoid(x)}. */
    public static Tensor silu(Tensor x) {
        return SILU.tensor(x);
    }

    /** GELU by its tanh approximation. */
    public static Tensor geluTanh(Tensor x) {
        return GELU_TANH.tensor(x);
    }

    /** GELU by the error function: {@code x · Φ(x)}. */
    public static Tensor gelu(Tensor x) {
        return GELU.tensor(x);
    }

    /** GELU by its sigmoid approximation, as CLIP uses it: {@code x · sigmoid(1.702 x)}. */
    public static Tensor quickGelu(Tensor x) {
        return QUICK_GELU.tensor(x);
    }

    /** Linear layer: {@code x [.., in], weight [out, in], bias [out] → [.., out]}. */
    public static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
        return LINEAR.tensor(x, weight, bias == null ? List.of() : List.of(bias));
    }

    /** Gated MLP, {@code down(silu(gate(x)) · up(x))}: weights in the order gate, up, down, and as many biases or none. */
    public static Tensor gatedMlp(Tensor x, List<Tensor> weights, List<Tensor> biases) {
        return GATED_MLP.tensor(x, weights, biases);
    }

    /** Linear layer with a LoRA: {@link #linear} plus {@code (x·downᵀ)·upᵀ}, with {@code down [r, in], up [out, r]}. */
    public static Tensor adaptedLinear(Tensor x, Tensor weight, @Nullable Tensor bias, Tensor down, Tensor up) {
        return ADAPTED_LINEAR.tensor(x, weight, bias == null ? List.of() : List.of(bias), down, up);
    }

    /** Modulation with a LoRA: {@link #modulation} with {@code up·down}, {@code down [r, in], up [out, r]}, added to the weight. */
    public static List<Tensor> adaptedModulation(
            Tensor temb, Tensor weight, Tensor bias, int chunks, Tensor down, Tensor up) {
        return ADAPTED_MODULATION.tensors(temb, weight, bias, chunks, down, up);
    }

    /**
     * Copies a pair of a LoRA file, into memory of its own, as the matrices that its layers compute with.
     *
     * @param down {@code [r, in]}, of any floating type; dimensions of length 1 may follow
     * @param up {@code [out, r]}, likewise
     * @param factor multiplied into {@code up}
     * @param swapsHalves puts the second half of the rows of {@code up} first
     * @param rows number of rows of {@code up} for each layer that takes a part of it
     * @return {@code down}, then {@code up} part by part
     */
    public static List<Tensor> lowRank(
            Tensor down, Tensor up, double factor, boolean swapsHalves, long[] rows, Device device, DType dtype) {
        return LOW_RANK.tensors(down, up, factor, swapsHalves, rows, device, dtype);
    }

    /** True if all numbers in these tensors are finite; waits for the device. */
    public static boolean allFinite(List<Tensor> xs) {
        return ALL_FINITE.truth(xs);
    }

    /** Embedding lookup: {@code weight [vocabulary, D], ids [B, S] → [B, S, D]}. */
    public static Tensor embedding(Tensor weight, Tensor ids) {
        return EMBEDDING.tensor(weight, ids);
    }

    /** Layer norm over the last dimension, of the width of {@code weight} and {@code bias}. */
    public static Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, double eps) {
        return LAYER_NORM.tensor(x, weight, bias, eps);
    }

    /** RMS norm over the last dimension, of the width of {@code weight}. */
    public static Tensor rmsNorm(Tensor x, Tensor weight, double eps) {
        return RMS_NORM.tensor(x, weight, eps);
    }

    /** LayerNorm without weights, then {@code · (1 + scale) + shift}; {@code x [B, S, D]}, shift and scale {@code [B, 1, D]}. */
    public static Tensor modulatedNorm(Tensor x, Tensor shift, Tensor scale, double eps) {
        return MODULATED_NORM.tensor(x, shift, scale, eps);
    }

    /** Modulation of a block, {@code linear(silu(temb))} in equal parts: {@code temb [B, D] → chunks × [B, 1, D]}. */
    public static List<Tensor> modulation(Tensor temb, Tensor weight, Tensor bias, int chunks) {
        return MODULATION.tensors(temb, weight, bias, chunks);
    }

    /**
     * Sinusoidal embedding, cosines, then sines of {@code (value · frequency) · scale}: value {@code [B]}, frequencies
     * {@code [n] → [B, 2n]}; computed in float32, returned in {@code dtype}.
     */
    public static Tensor timestepEmbedding(Tensor value, Tensor frequencies, double scale, DType dtype) {
        return TIMESTEP_EMBEDDING.tensor(value, frequencies, scale, dtype);
    }

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

    /** Rotates adjacent pairs of features of {@code x [B, H, S, Dh]}. */
    public static Tensor rope(Tensor x, Tensor table) {
        return ROPE.tensor(x, table);
    }

    /** Projects {@code x [B, S, D]} to query, key and value {@code [B, H, S, Dh]}, query and key with an RMS norm per head. */
    public static List<Tensor> queryKeyValue(
            Tensor x, List<Tensor> weights, List<Tensor> biases, Tensor normQ, Tensor normK, int heads, double eps) {
        return QUERY_KEY_VALUE.tensors(x, weights, biases, normQ, normK, heads, eps);
    }

    /**
     * Projects to query, key and value like {@link #queryKeyValue}, with LoRAs on some of the projections.
     *
     * @param lowRank down and up of the first adapted projection, then of the next
     * @param adapted indexes of the adapted projections: 0 query, 1 key, 2 value
     */
    public static List<Tensor> adaptedQueryKeyValue(
            Tensor x,
            List<Tensor> weights,
            List<Tensor> biases,
            Tensor normQ,
            Tensor normK,
            int heads,
            double eps,
            List<Tensor> lowRank,
            long[] adapted) {
        return ADAPTED_QUERY_KEY_VALUE.tensors(x, weights, biases, normQ, normK, heads, eps, lowRank, adapted);
    }

    /**
     * Attention over streams joined along S, rotated by {@code table}: parts {@code [B, H, S, Dh] → [B, ΣS, D]}.
     *
     * @param mask true for keys that may be attended to, bool {@code [B, ΣS]}; null for all
     */
    public static Tensor ropeAttention(
            List<Tensor> queries, List<Tensor> keys, List<Tensor> values, Tensor table, @Nullable Tensor mask) {
        return ROPE_ATTENTION.tensor(queries, keys, values, table, mask == null ? List.of() : List.of(mask));
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

    /** 2-D convolution: {@code x [B, in, h, w], weight [out, in, kh, kw] → [B, out, h', w']}. */
    public static Tensor conv2d(Tensor x, Tensor weight, Tensor bias, int stride, int padding) {
        return CONV2D.tensor(x, weight, bias, stride, padding);
    }

    /**
     * Causal 3-D convolution, {@code x [B, in, frames, h, w], weight [out, in, kt, k, k] → [B, out, frames, h, w]}: each frame sees itself
     * and earlier ones. Only tests and benchmarks use it, to compare the 2-D convolutions of single frames with.
     */
    public static Tensor causalConv3d(Tensor x, Tensor weight, Tensor bias) {
        return CAUSAL_CONV3D.tensor(x, weight, bias);
    }

    /** Group norm of {@code x [B, C, h, w]}; weight and bias {@code [C]}. */
    public static Tensor groupNorm(Tensor x, int groups, Tensor weight, Tensor bias, double eps) {
        return GROUP_NORM.tensor(x, groups, weight, bias, eps);
    }

    /** Group norm, SiLU and a 3×3 convolution of {@code x [B, C, h, w]}, in bands of {@code rows} rows if {@code rows > 0}. */
    public static Tensor normSiluConv(
            Tensor x,
            int groups,
            Tensor normWeight,
            Tensor normBias,
            double eps,
            Tensor weight,
            Tensor bias,
            long rows) {
        return NORM_SILU_CONV.tensor(x, groups, normWeight, normBias, eps, weight, bias, rows);
    }

    /** RMS norm of {@code x [B, C, h, w]} over its channels, at each place: {@code x / ‖x‖ · √C · gamma}, gamma {@code [C]}. */
    public static Tensor channelNorm(Tensor x, Tensor gamma) {
        return CHANNEL_NORM.tensor(x, gamma);
    }

    /** Channel norm, SiLU and a 3×3 convolution of {@code x [B, C, h, w]}, in bands of {@code rows} rows if {@code rows > 0}. */
    public static Tensor channelNormSiluConv(Tensor x, Tensor gamma, Tensor weight, Tensor bias, long rows) {
        return CHANNEL_NORM_SILU_CONV.tensor(x, gamma, weight, bias, rows);
    }

    /**
     * Upsamples x to twice its size (nearest neighbour), then a 3×3 convolution, in bands of {@code rows} input rows if {@code rows > 0}.
     */
    public static Tensor upsampleConv(Tensor x, Tensor weight, Tensor bias, long rows) {
        return UPSAMPLE_CONV.tensor(x, weight, bias, rows);
    }

    /** Pads with a column of zeros on the right and a row of zeros at the bottom: {@code [B, C, h, w] → [B, C, h + 1, w + 1]}. */
    public static Tensor padRightBottom(Tensor x) {
        return PAD_RIGHT_BOTTOM.tensor(x);
    }

    /** Converts levels to a picture tensor: uint8 {@code [h, w, C] → [1, C, h, w]} in 0…1. */
    public static Tensor fromRgb(Tensor bytes, Device device, DType dtype) {
        return FROM_RGB.tensor(bytes, device, dtype);
    }

    /** Converts a picture tensor to levels: {@code [1, 3, h, w]} in 0…1 → uint8 {@code [h, w, 3]} in host memory, rounded half to even. */
    public static Tensor toRgb(Tensor image) {
        return TO_RGB.tensor(image);
    }

    /**
     * Resizes a picture, uint8 {@code [h, w, 3]} in host memory (bicubic, antialiased, rounded to levels), and cuts it into patches:
     * float32 {@code [n, 3 · frames · patch²]}, the patches of a merge group beside each other.
     *
     * @param mean {@code [3]}, in levels, as is {@code std}
     */
    public static Tensor visionPatches(
            Tensor bytes, int height, int width, int patch, int merge, int frames, Tensor mean, Tensor std) {
        return VISION_PATCHES.tensor(bytes, height, width, patch, merge, frames, mean, std);
    }
}
