package dev.darkroom.weights;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.tensor.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Size of a component's weights, according to the headers of their files.
 *
 * @param elements count of numbers in all tensors that are loaded
 * @param bytes size of these tensors in the files
 * @param uses how often each number is multiplied for a picture, about; 0 if nobody has said
 * @param fp8 the part of it that can be multiplied in fp8
 */
public record WeightSize(long elements, long bytes, long uses, Fp8 fp8) {
    /** Names of a language model's head, a gigabyte in Qwen2.5-VL, which no text encoder needs. */
    private static final Pattern NEVER_LOADED = Pattern.compile("(language_model\\.)?lm_head\\..*");

    private static final String WEIGHT = ".weight";

    /** States a size without its uses. */
    public WeightSize(long elements, long bytes) {
        this(elements, bytes, 0, Fp8.NONE);
    }

    /**
     * Weights of linear layers that can be multiplied in fp8.
     *
     * @param elements count of their numbers
     * @param rows count of their rows, each of which has a scale in float32
     */
    public record Fp8(long elements, long rows) {
        static final Fp8 NONE = new Fp8(0, 0);

        private Fp8 plus(Stored weight) {
            return new Fp8(elements + weight.elements(), rows + weight.rows());
        }

        private long bytes() {
            return elements * DType.FLOAT8_E4M3.bytes() + rows * DType.FLOAT32.bytes();
        }
    }

    /**
     * Reads the headers in a component folder.
     *
     * @param bearsFp8 tells by its name in the checkpoint if a linear layer may be multiplied in fp8
     * @throws CheckpointException if there are none, or they are damaged
     */
    public static WeightSize of(Path folder, Predicate<String> bearsFp8) {
        var inventory = new Inventory(ShardedFiles.find(folder));
        long elements = 0;
        long bytes = 0;
        Fp8 fp8 = Fp8.NONE;
        for (Stored tensor : inventory.numbers()) {
            if (!NEVER_LOADED.matcher(tensor.name()).matches()) {
                elements += tensor.elements();
                bytes += tensor.bytes();
                fp8 = multipliesFp8(tensor, bearsFp8) && inventory.mayBeFp8(tensor.name()) ? fp8.plus(tensor) : fp8;
            }
        }
        return new WeightSize(elements, bytes, 0, fp8);
    }

    private static boolean multipliesFp8(Stored tensor, Predicate<String> bearsFp8) {
        List<Long> shape = tensor.entry().shape();
        return tensor.name().endsWith(WEIGHT)
                && shape.size() == 2
                && new LinearWeight.Shape(shape.get(1), shape.get(0)).suitsFp8()
                && bearsFp8.test(tensor.name().substring(0, tensor.name().length() - WEIGHT.length()));
    }

    /** Returns the same for a network that multiplies each number so often for a picture. */
    public WeightSize usedTimes(long times) {
        return new WeightSize(elements, bytes, times, fp8);
    }

    /** Floating-point operations of a picture: two for each use of a number. */
    public double work() {
        return 2.0 * elements * uses;
    }

    /** Bytes that these weights take in an element type. */
    public long in(DType type) {
        return elements * type.bytes();
    }

    /** Bytes that these weights take in a place: what is multiplied in fp8 there lies there so, and not twice. */
    public long in(Placement placement) {
        return placement.fp8()
                ? (elements - fp8.elements) * placement.dtype().bytes() + fp8.bytes()
                : in(placement.dtype());
    }
}
