package dev.darkroom.tensor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Java face of {@code operators.py}: every operator there is bound here when this class is first used, so one that is missing names
 * itself before the first job. Shapes are described beside the TorchScript text.
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
    static final Operator CAT = Operator.named("cat");
    static final Operator CHUNK = Operator.named("chunk");
    static final Operator ADD = Operator.named("add");
    static final Operator MUL = Operator.named("mul");
    static final Operator AFFINE = Operator.named("affine");
    static final Operator CLAMP = Operator.named("clamp");
    static final Operator EXP = Operator.named("exp");
    private static final Operator LERP = Operator.named("lerp");
    private static final Operator EULER_STEP = Operator.named("euler_step");
    private static final Operator GATED_ADD = Operator.named("gated_add");
    private static final Operator SILU = Operator.named("silu");
    private static final Operator GELU_TANH = Operator.named("gelu_tanh");
    private static final Operator QUICK_GELU = Operator.named("quick_gelu");
    private static final Operator LINEAR = Operator.named("linear");
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
    private static final Operator CONV2D = Operator.named("conv2d");
    private static final Operator GROUP_NORM = Operator.named("group_norm");
    private static final Operator NORM_SILU_CONV = Operator.named("norm_silu_conv");
    private static final Operator UPSAMPLE_CONV = Operator.named("upsample_conv");
    private static final Operator PAD_RIGHT_BOTTOM = Operator.named("pad_right_bottom");
    private static final Operator FROM_RGB = Operator.named("from_rgb");
    private static final Operator TO_RGB = Operator.named("to_rgb");

    private Operators() {}

    /**
     * Loads libtorch and the operator library, and binds every operator.
     *
     * @return the names of the bound operators
     */
    public static List<String> bind() {
        return Operator.bound();
    }

    /** How many operators have been called, for benchmarks. */
    public static long calls() {
        return Operator.calls();
    }

    /**
     * Standard normal numbers of PyTorch's CPU generator, one tensor a shape, drawn one after another: what
     * {@code torch.randn(shape, dtype=dtype, generator=torch.Generator("cpu").manual_seed(seed))} gives in Python.
     */
    public static List<Tensor> randn(long seed, DType dtype, long[]... shapes) {
        return RANDN.tensors(seed, dtype, shapes);
    }

    public static Tensor zeros(DType dtype, Device device, long... shape) {
        return ZEROS.tensor(shape, dtype, device);
    }

    /** {@code start + weight · (end − start)} */
    public static Tensor lerp(Tensor start, Tensor end, double weight) {
        return LERP.tensor(start, end, weight);
    }

    /** {@code sample + dt · prediction}, in float32. */
    public static Tensor eulerStep(Tensor sample, Tensor prediction, double dt) {
        return EULER_STEP.tensor(sample, prediction, dt);
    }

    /** {@code x + gate · y} */
    public static Tensor gatedAdd(Tensor x, Tensor gate, Tensor y) {
        return GATED_ADD.tensor(x, gate, y);
    }

    public static Tensor silu(Tensor x) {
        return SILU.tensor(x);
    }

    public static Tensor geluTanh(Tensor x) {
        return GELU_TANH.tensor(x);
    }

    /** {@code x · sigmoid(1.702 x)} */
    public static Tensor quickGelu(Tensor x) {
        return QUICK_GELU.tensor(x);
    }

    /** {@code x [.., in], weight [out, in], bias [out] → [.., out]} */
    public static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
        return LINEAR.tensor(x, weight, bias == null ? List.of() : List.of(bias));
    }

    /** The same and {@code (x·downᵀ)·upᵀ}: {@code down [r, in], up [out, r]}. */
    public static Tensor adaptedLinear(Tensor x, Tensor weight, @Nullable Tensor bias, Tensor down, Tensor up) {
        return ADAPTED_LINEAR.tensor(x, weight, bias == null ? List.of() : List.of(bias), down, up);
    }

    /** {@link #modulation} with {@code down [r, in], up [out, r]} added to the weight. */
    public static List<Tensor> adaptedModulation(
            Tensor temb, Tensor weight, Tensor bias, int chunks, Tensor down, Tensor up) {
        return ADAPTED_MODULATION.tensors(temb, weight, bias, chunks, down, up);
    }

    /**
     * Parts of a LoRA as layers take them, in memory of their own.
     *
     * @param down {@code [r, in]}, of any floating type; dimensions of length 1 may follow
     * @param up {@code [out, r]}, likewise
     * @param factor goes into {@code up}
     * @param swapsHalves puts the second half of the rows of {@code up} first
     * @param rows of {@code up}, of each layer that takes a part of it
     * @return {@code down}, then {@code up} part by part
     */
    public static List<Tensor> lowRank(
            Tensor down, Tensor up, double factor, boolean swapsHalves, long[] rows, Device device, DType dtype) {
        return LOW_RANK.tensors(down, up, factor, swapsHalves, rows, device, dtype);
    }

    /** True if no number in these is infinite or not a number; waits for the device. */
    public static boolean allFinite(List<Tensor> xs) {
        return ALL_FINITE.truth(xs);
    }

    /** {@code weight [vocabulary, D], ids [B, S] → [B, S, D]} */
    public static Tensor embedding(Tensor weight, Tensor ids) {
        return EMBEDDING.tensor(weight, ids);
    }

    public static Tensor layerNorm(Tensor x, Tensor weight, Tensor bias, double eps) {
        return LAYER_NORM.tensor(x, weight, bias, eps);
    }

    public static Tensor rmsNorm(Tensor x, Tensor weight, double eps) {
        return RMS_NORM.tensor(x, weight, eps);
    }

    /** LayerNorm without weights, then {@code · (1 + scale) + shift}; {@code x [B, S, D]}, shift and scale {@code [B, 1, D]}. */
    public static Tensor modulatedNorm(Tensor x, Tensor shift, Tensor scale, double eps) {
        return MODULATED_NORM.tensor(x, shift, scale, eps);
    }

    /** {@code linear(silu(temb))} in equal parts: {@code temb [B, D] → chunks × [B, 1, D]}. */
    public static List<Tensor> modulation(Tensor temb, Tensor weight, Tensor bias, int chunks) {
        return MODULATION.tensors(temb, weight, bias, chunks);
    }

    /**
     * Cosines, then sines of {@code value · frequency}: value {@code [B]}, frequencies {@code [n] → [B, 2n]}; computed in float32, given
     * in {@code dtype}.
     */
    public static Tensor timestepEmbedding(Tensor value, Tensor frequencies, DType dtype) {
        return TIMESTEP_EMBEDDING.tensor(value, frequencies, dtype);
    }

    /** Rotations for positions {@code ids [S, axes] → complex [S, Dh/2]}; {@code widths} are the features that each axis turns. */
    public static Tensor ropeTable(Tensor ids, long[] widths, double theta) {
        return ROPE_TABLE.tensor(ids, widths, theta);
    }

    /** Real and imaginary parts beside each other: complex {@code [.., n] → float32 [.., 2n]}. */
    public static Tensor complexParts(Tensor x) {
        return COMPLEX_PARTS.tensor(x);
    }

    /** Rotates adjacent pairs of features of {@code x [B, H, S, Dh]}. */
    public static Tensor rope(Tensor x, Tensor table) {
        return ROPE.tensor(x, table);
    }

    /** {@code x [B, S, D] → query, key, value [B, H, S, Dh]}, query and key with an RMS norm per head. */
    public static List<Tensor> queryKeyValue(
            Tensor x, List<Tensor> weights, List<Tensor> biases, Tensor normQ, Tensor normK, int heads, double eps) {
        return QUERY_KEY_VALUE.tensors(x, weights, biases, normQ, normK, heads, eps);
    }

    /**
     * The same with LoRAs on some of the projections.
     *
     * @param lowRank down and up of the first adapted projection, then of the next
     * @param adapted which projections those are: 0 query, 1 key, 2 value
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

    /** Attention over streams joined along S, rotated by {@code table}: parts {@code [B, H, S, Dh] → [B, ΣS, D]}. */
    public static Tensor ropeAttention(List<Tensor> queries, List<Tensor> keys, List<Tensor> values, Tensor table) {
        return ROPE_ATTENTION.tensor(queries, keys, values, table);
    }

    /** Scaled dot-product attention: {@code [B, S, D]} each {@code → [B, S, D]}. */
    public static Tensor attention(Tensor query, Tensor key, Tensor value, int heads, boolean causal) {
        return ATTENTION.tensor(query, key, value, heads, causal);
    }

    /** Attention without scaling, {@code bias [1, H, S, S]} added to the scores. */
    public static Tensor biasedAttention(Tensor query, Tensor key, Tensor value, int heads, Tensor bias) {
        return BIASED_ATTENTION.tensor(query, key, value, heads, bias);
    }

    /** T5's bucket of every pair of positions: {@code [S, S]}, int64. */
    public static Tensor relativeBuckets(int length, int buckets, int maxDistance, Device device) {
        return RELATIVE_BUCKETS.tensor(length, buckets, maxDistance, device);
    }

    /** {@code x [B, in, h, w], weight [out, in, kh, kw] → [B, out, h', w']} */
    public static Tensor conv2d(Tensor x, Tensor weight, Tensor bias, int stride, int padding) {
        return CONV2D.tensor(x, weight, bias, stride, padding);
    }

    public static Tensor groupNorm(Tensor x, int groups, Tensor weight, Tensor bias, double eps) {
        return GROUP_NORM.tensor(x, groups, weight, bias, eps);
    }

    /** A 3×3 convolution of {@code silu(group_norm(x))}, in bands of {@code rows} rows if {@code rows > 0}. */
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

    /** A 3×3 convolution of x at twice its size (nearest neighbour), in bands of {@code rows} input rows if {@code rows > 0}. */
    public static Tensor upsampleConv(Tensor x, Tensor weight, Tensor bias, long rows) {
        return UPSAMPLE_CONV.tensor(x, weight, bias, rows);
    }

    /** One row and one column of zeros on the right and the bottom. */
    public static Tensor padRightBottom(Tensor x) {
        return PAD_RIGHT_BOTTOM.tensor(x);
    }

    /** uint8 {@code [h, w, C] → [1, C, h, w]} in 0…1. */
    public static Tensor fromRgb(Tensor bytes, Device device, DType dtype) {
        return FROM_RGB.tensor(bytes, device, dtype);
    }

    /** {@code [1, 3, h, w]} in 0…1 → uint8 {@code [h, w, 3]} in host memory, rounded half to even. */
    public static Tensor toRgb(Tensor image) {
        return TO_RGB.tensor(image);
    }
}
