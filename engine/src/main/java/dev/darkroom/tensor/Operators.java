package dev.darkroom.tensor;

import java.lang.invoke.MethodHandles;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Java methods for the operators of {@code operators.py}. All of them, and those of {@link AttentionOperators}, {@link ScaledOperators} and
 * {@link PictureOperators}, are bound at once by {@link #bind}, so that a missing one is reported by name before the first job. Shapes are described beside the TorchScript text.
 */
public final class Operators {
    static final Operator VIEW_BYTES = Operator.named("view_bytes");
    static final Operator COPY_BYTES = Operator.named("copy_bytes");
    static final Operator COPY = Operator.named("copy");
    static final Operator CAST = Operator.named("cast");
    static final Operator TO_DEVICE = Operator.named("to_device");
    static final Operator PINNED = Operator.named("pinned");
    static final Operator COPY_WINDOW = Operator.named("copy_window");
    static final Operator STAGE = Operator.named("stage");
    static final Operator CONVERT_BYTES = Operator.named("convert_bytes");
    static final Operator REBIND = Operator.named("rebind");
    static final Operator EMPTY_BYTES = Operator.named("empty_bytes");
    static final Operator DTYPE_OF = Operator.named("dtype_of");
    static final Operator DEVICE_OF = Operator.named("device_of");
    static final Operator TO_HOST_FLOAT = Operator.named("to_host_float");
    static final Operator TO_HOST_LONG = Operator.named("to_host_long");
    static final Operator WAIT_FOR = Operator.named("wait_for");
    static final Operator ARRIVAL = Operator.named("arrival");
    static final Operator NUMBER = Operator.named("number");
    static final Operator RANDN = Operator.named("randn");
    private static final Operator RANDN_RAND = Operator.named("randn_rand");
    static final Operator ZEROS = Operator.named("zeros");
    private static final Operator BLANK = Operator.named("blank");
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
    private static final Operator GUIDE_SHRINKING = Operator.named("guide_shrinking");
    private static final Operator SHRINK_TO_LENGTH = Operator.named("shrink_to_length");
    private static final Operator RELATIVE_CHANGE = Operator.named("relative_change");
    private static final Operator EULER_STEP = Operator.named("euler_step");
    private static final Operator SILU = Operator.named("silu");
    private static final Operator SWIGLU = Operator.named("swiglu");
    private static final Operator STD = Operator.named("std");
    private static final Operator GELU_TANH = Operator.named("gelu_tanh");
    private static final Operator GELU = Operator.named("gelu");
    private static final Operator RELU = Operator.named("relu");
    private static final Operator SIGMOID = Operator.named("sigmoid");
    private static final Operator QUICK_GELU = Operator.named("quick_gelu");
    private static final Operator LINEAR = Operator.named("linear");
    private static final Operator LINEAR_GELU = Operator.named("linear_gelu");
    private static final Operator LINEAR_OF_TWO = Operator.named("linear_of_two");
    private static final Operator GATED_MLP = Operator.named("gated_mlp");
    private static final Operator LOW_RANK = Operator.named("low_rank");
    private static final Operator ROWS_OF = Operator.named("rows_of");
    private static final Operator DORA_GAIN = Operator.named("dora_gain");
    private static final Operator ALL_FINITE = Operator.named("all_finite");
    private static final Operator EMBEDDING = Operator.named("embedding");
    private static final Operator LAYER_NORM = Operator.named("layer_norm");
    private static final Operator RMS_NORM = Operator.named("rms_norm");
    private static final Operator MODULATED_NORM = Operator.named("modulated_norm");
    static final Operator GATED_ADD_NORM = Operator.named("gated_add_norm");
    private static final Operator SCALED_RMS_NORM = Operator.named("scaled_rms_norm");
    private static final Operator GATED_RMS_ADD = Operator.named("gated_rms_add");
    private static final Operator MODULATION = Operator.named("modulation");
    private static final Operator TIMESTEP_EMBEDDING = Operator.named("timestep_embedding");

    private Operators() {}

    /**
     * Loads libtorch and the operator library, and binds every operator.
     *
     * @return the names of the bound operators
     */
    public static List<String> bind() {
        for (Class<?> further : List.of(
                AttentionOperators.class,
                BlockOperators.class,
                PictureOperators.class,
                ScaledOperators.class,
                CardKernels.class)) {
            initialise(further);
        }
        OperatorLibrary.useAllProcessors(); // by this thread, too
        return Operator.bound();
    }

    private static void initialise(Class<?> operators) {
        try {
            MethodHandles.lookup().ensureInitialized(operators);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
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

    /**
     * Draws float32 numbers from PyTorch's CPU generator: standard normal ones of one shape, as {@code torch.randn} does, then numbers in 0…1
     * of any shapes, as {@code torch.rand} does with the same generator.
     */
    public static List<Tensor> randnRand(long seed, long[] normal, long[]... uniform) {
        return RANDN_RAND.tensors(seed, normal, uniform);
    }

    /** Makes a tensor of zeros on a device. */
    public static Tensor zeros(DType dtype, Device device, long... shape) {
        return ZEROS.tensor(shape, dtype, device);
    }

    /** Makes a tensor of zeros on a device that takes the memory of one number, whatever its shape. */
    public static Tensor blank(DType dtype, Device device, long... shape) {
        return BLANK.tensor(shape, dtype, device);
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

    /**
     * Classifier-free guidance, {@code negative + scale · (prediction − negative)}, with each token {@code [.., D]} that is longer than in the
     * prediction scaled to its norm there; in float32.
     */
    public static Tensor guideShrinking(Tensor prediction, Tensor negative, double scale) {
        return GUIDE_SHRINKING.tensor(prediction, negative, scale);
    }

    /**
     * Shrinks each picture {@code [B, ..]} that is longer than {@code most} times its like to that length; those that are not stay as they
     * are. Lengths are roots of sums of squares; in float32.
     */
    public static Tensor shrinkToLength(Tensor x, Tensor like, double most) {
        return SHRINK_TO_LENGTH.tensor(x, like, most);
    }

    /**
     * Relative change of a tensor, {@code Σ|now − before| / Σ|before|}; waits for the device. Not a number or infinite where {@code before}
     * is 0 all over, or where there are numbers that are not finite.
     */
    public static double relativeChange(Tensor now, Tensor before) {
        try (var scope = Scope.open("relative change")) {
            return RELATIVE_CHANGE.tensor(now, before).toFloats()[0];
        }
    }

    /** One Euler step: {@code sample + dt · prediction}, in float32. */
    public static Tensor eulerStep(Tensor sample, Tensor prediction, double dt) {
        return EULER_STEP.tensor(sample, prediction, dt);
    }

    /** SiLU: {@code x · sigmoid(x)}. */
    public static Tensor silu(Tensor x) {
        return SILU.tensor(x);
    }

    /** Gates one half of the last dimension by the other: {@code silu(x₁) · x₂}, {@code [.., 2n] → [.., n]}. */
    public static Tensor swiglu(Tensor x) {
        return SWIGLU.tensor(x);
    }

    /** Computes standard deviations, {@code √(variance + eps)}, in float32. */
    public static Tensor std(Tensor variance, double eps) {
        return STD.tensor(variance, eps);
    }

    /** GELU by its tanh approximation. */
    public static Tensor geluTanh(Tensor x) {
        return GELU_TANH.tensor(x);
    }

    /** GELU by the error function: {@code x · Φ(x)}. */
    public static Tensor gelu(Tensor x) {
        return GELU.tensor(x);
    }

    /** ReLU: the larger of {@code x} and 0. */
    public static Tensor relu(Tensor x) {
        return RELU.tensor(x);
    }

    /** Sigmoid: {@code 1 / (1 + e⁻ˣ)}. */
    public static Tensor sigmoid(Tensor x) {
        return SIGMOID.tensor(x);
    }

    /** GELU by its sigmoid approximation, as CLIP uses it: {@code x · sigmoid(1.702 x)}. */
    public static Tensor quickGelu(Tensor x) {
        return QUICK_GELU.tensor(x);
    }

    /** Linear layer: {@code x [.., in], weight [out, in], bias [out] → [.., out]}. */
    public static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
        return linear(x, weight, bias, List.of());
    }

    /**
     * Linear layer with what LoRAs add: {@code gain·(x·Wᵀ) + b + (x·downᵀ)·upᵀ + shift}.
     *
     * @param added {@code down [r, in]} and {@code up [out, r]}, then {@code shift [out]} if there is one, then {@code gain [out]} if
     *     there is one too; empty for none
     */
    public static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias, List<Tensor> added) {
        return LINEAR.tensor(x, weight, bias == null ? List.of() : List.of(bias), added);
    }

    /**
     * Linear layer and GELU by its tanh approximation: {@code [.., in] → [.., out]}.
     *
     * @param added what LoRAs add, as {@link #linear} takes it
     */
    public static Tensor linearGelu(Tensor x, Tensor weight, Tensor bias, List<Tensor> added) {
        return LINEAR_GELU.tensor(x, weight, bias, added);
    }

    /**
     * Linear layer of two inputs side by side, {@code x [.., k]} and {@code y [.., in − k]}, which need not lie side by side in memory.
     *
     * @param added what LoRAs add, as {@link #linear} takes it
     */
    public static Tensor linearOfTwo(Tensor x, Tensor y, Tensor weight, @Nullable Tensor bias, List<Tensor> added) {
        return LINEAR_OF_TWO.tensor(x, y, weight, bias == null ? List.of() : List.of(bias), added);
    }

    /**
     * Gated MLP, {@code down(silu(gate(x)) · up(x))}: weights in the order gate, up, down, and as many biases or none.
     *
     * @param added what LoRAs add to each layer, as {@link #linear} takes it, one layer after another
     * @param ends where each layer's part of {@code added} ends
     */
    public static Tensor gatedMlp(
            Tensor x, List<Tensor> weights, List<Tensor> biases, List<Tensor> added, long[] ends) {
        return GATED_MLP.tensor(x, weights, biases, added, ends);
    }

    /**
     * Copies a pair of a LoRA file, into memory of its own, as the matrices that its layers compute with.
     *
     * @param down {@code [r, in]}, of any floating type; dimensions of length 1 may follow
     * @param up {@code [out, r]}, likewise
     * @param factor multiplied into {@code up}
     * @param swapsHalves puts the second half of the rows of {@code up} first
     * @param rows number of rows of {@code up} for each layer that takes a part of it
     * @param columns that {@code down} is to have at least: zeros stand for those that it lacks
     * @return {@code down}, then {@code up} part by part
     */
    public static List<Tensor> lowRank(
            Tensor down,
            Tensor up,
            double factor,
            boolean swapsHalves,
            long[] rows,
            long columns,
            Device device,
            DType dtype) {
        return LOW_RANK.tensors(down, up, factor, swapsHalves, rows, columns, device, dtype);
    }

    /** Copies {@code x · factor} part by part, {@code rows} of each; the second half of all rows comes first if the halves are swapped. */
    public static List<Tensor> rowsOf(
            Tensor x, double factor, boolean swapsHalves, long[] rows, Device device, DType dtype) {
        return ROWS_OF.tensors(x, factor, swapsHalves, rows, device, dtype);
    }

    /**
     * Computes by what a DoRA multiplies the rows of an adapted weight: {@code magnitude / |W + scale · up · down|}, the length of each
     * row; float32 {@code [out]}.
     */
    public static Tensor doraGain(Tensor weight, Tensor down, Tensor up, double scale, Tensor magnitude) {
        return DORA_GAIN.tensor(weight, down, up, scale, magnitude);
    }

    /** Returns true if all numbers in these tensors are finite; waits for the device. */
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

    /**
     * Ends one sub-block and begins the next: the gated residual connection {@code x' = x + gate · y}, and the modulated norm
     * {@code LayerNorm(x') · (1 + scale) + shift}.
     *
     * @param x {@code [B, S, D]}, as {@code y}
     * @param gate {@code [B, 1, D]}, as {@code shift} and {@code scale}
     * @return x', then its norm; {@code [B, S, D]} each
     */
    public static List<Tensor> gatedAddNorm(Tensor x, Tensor gate, Tensor y, Tensor shift, Tensor scale, double eps) {
        return CardKernels.gatedAddNorm(x, gate, y, shift, scale, eps)
                .orElseGet(() -> GATED_ADD_NORM.tensors(x, gate, y, shift, scale, eps));
    }

    /** RMS norm, then {@code · (1 + scale)}; {@code x [B, S, D], weight [D]}, scale {@code [B, 1, D]}. */
    public static Tensor scaledRmsNorm(Tensor x, Tensor weight, Tensor scale, double eps) {
        return SCALED_RMS_NORM.tensor(x, weight, scale, eps);
    }

    /** Ends a sub-block whose result is normalised: {@code x + tanh(gate) · RMSNorm(y)}; {@code x, y [B, S, D]}, gate {@code [B, 1, D]}. */
    public static Tensor gatedRmsAdd(Tensor x, Tensor y, Tensor weight, Tensor gate, double eps) {
        return GATED_RMS_ADD.tensor(x, y, weight, gate, eps);
    }

    /**
     * Modulation of one step, in equal parts: {@code [steps, B, parts · D] → parts × [B, 1, D]}, which take no memory of their own.
     */
    public static List<Tensor> modulation(Tensor ofAllSteps, int step, int parts) {
        return MODULATION.tensors(ofAllSteps, step, parts);
    }

    /**
     * Sinusoidal embedding, cosines, then sines of {@code (value · frequency) · scale}: value {@code [B]}, frequencies
     * {@code [n] → [B, 2n]}; computed in float32, returned in {@code dtype}.
     */
    public static Tensor timestepEmbedding(Tensor value, Tensor frequencies, double scale, DType dtype) {
        return TIMESTEP_EMBEDDING.tensor(value, frequencies, scale, dtype);
    }
}
