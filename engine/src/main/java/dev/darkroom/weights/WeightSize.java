package dev.darkroom.weights;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.tensor.DType;
import dev.darkroom.weights.file.Inventory;
import dev.darkroom.weights.file.ShardedFiles;
import dev.darkroom.weights.file.Stored;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Size of a component's weights, according to the headers of their files.
 *
 * @param elements count of numbers in all tensors that are loaded
 * @param bytes size of these tensors in the files
 * @param uses how often each number is multiplied for a picture, about; 0 if nobody has said
 * @param fp8 the part of it that can lie in fp8
 * @param packed the part of it that stays packed
 */
public record WeightSize(long elements, long bytes, long uses, Fp8 fp8, Packed packed) {
    /** Names of tables whose rows are looked up, for which they are unpacked when they are loaded. */
    private static final Pattern TABLE =
            Pattern.compile("(.*\\.)?(shared|\\w*embed_tokens|\\w*embeddings?|relative_attention_bias)");

    private static final String WEIGHT = ".weight";

    /** Bytes for each number that unpacking takes beside the result: the number itself, and its product with a factor in float32. */
    private static final int UNPACKING = 6;

    /** States a size without its uses. */
    public WeightSize(long elements, long bytes) {
        this(elements, bytes, 0, Fp8.NONE, Packed.NONE);
    }

    /**
     * Weights of linear layers that can lie in fp8.
     *
     * @param elements count of their numbers
     * @param rows count of their rows, each of which has a scale in float32
     * @param largest count of numbers in the largest of them
     */
    public record Fp8(long elements, long rows, long largest) {
        static final Fp8 NONE = new Fp8(0, 0, 0);

        private Fp8 plus(Stored weight) {
            return new Fp8(elements + weight.elements(), rows + weight.rows(), Math.max(largest, weight.elements()));
        }

        private long bytes() {
            return elements * DType.FLOAT8_E4M3.bytes() + rows * DType.FLOAT32.bytes();
        }
    }

    /**
     * Weights of linear layers whose numbers are packed, and are unpacked where they are used.
     *
     * @param elements count of their numbers
     * @param bytes size of the packed numbers
     * @param largest count of numbers in the largest of them
     */
    public record Packed(long elements, long bytes, long largest) {
        static final Packed NONE = new Packed(0, 0, 0);

        private Packed plus(Stored weight) {
            return new Packed(
                    elements + weight.elements(), bytes + weight.bytes(), Math.max(largest, weight.elements()));
        }
    }

    /**
     * Reads the headers in a component folder.
     *
     * @throws CheckpointException if there are none, or they are damaged
     */
    public static WeightSize of(Path folder, LayerNames names) {
        var inventory = new Inventory(ShardedFiles.find(folder), names.others());
        long elements = 0;
        long bytes = 0;
        Fp8 fp8 = Fp8.NONE;
        Packed packed = Packed.NONE;
        for (Stored tensor : inventory.numbers()) {
            if (!names.idle().test(tensor.name())) {
                elements += tensor.elements();
                bytes += tensor.bytes();
                packed = tensor.packed().isPresent() && isLinear(tensor) ? packed.plus(tensor) : packed;
                fp8 = bearsFp8(tensor, names) && inventory.mayBeFp8(tensor.name()) ? fp8.plus(tensor) : fp8;
            }
        }
        return new WeightSize(elements, bytes, 0, fp8, packed);
    }

    private static boolean isLinear(Stored tensor) {
        return tensor.name().endsWith(WEIGHT)
                && tensor.entry().shape().size() == 2
                && !TABLE.matcher(layer(tensor)).matches();
    }

    private static boolean bearsFp8(Stored tensor, LayerNames names) {
        List<Long> shape = tensor.entry().shape();
        return isLinear(tensor)
                && new LinearWeight.Shape(shape.get(1), shape.get(0)).suitsFp8()
                && names.bearsFp8().test(layer(tensor));
    }

    private static String layer(Stored weight) {
        return weight.name().substring(0, weight.name().length() - WEIGHT.length());
    }

    /** Returns the same for a network that multiplies each number so often for a picture. */
    public WeightSize usedTimes(long times) {
        return new WeightSize(elements, bytes, times, fp8, packed);
    }

    /** Floating-point operations of a picture: two for each use of a number. */
    public double work() {
        return 2.0 * elements * uses;
    }

    /** Bytes that these weights take in an element type: all of them, but for those that stay packed. */
    public long in(DType type) {
        return (elements - packed.elements) * type.bytes() + packed.bytes;
    }

    /** Bytes that these weights take in a place: what lies in fp8 there lies there so, and not twice. */
    public long in(Placement placement) {
        return in(placement.dtype())
                + (placement.precision().storesFp8()
                        ? fp8.bytes() - fp8.elements * placement.dtype().bytes()
                        : 0);
    }

    /**
     * Bytes that a pass takes for a while to make numbers of weights that lie packed, or in fp8 without being multiplied so: as much as the
     * largest of them takes. 0 if none do.
     */
    public long workspace(Placement placement) {
        boolean widens = placement.precision() == Precision.FP8_STORAGE;
        return Math.max(packed.largest, widens ? fp8.largest : 0)
                * (placement.dtype().bytes() + UNPACKING);
    }
}
