package dev.darkroom.weights;

import dev.darkroom.tensor.DType;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Size of a component's weights, according to the headers of their files.
 *
 * @param elements count of numbers in all tensors that are loaded
 * @param bytes size of these tensors in the files
 * @param dtype the type that most of the bytes have
 * @param uses how often each number is multiplied for a picture, about; 0 if nobody has said
 */
public record WeightSize(long elements, long bytes, DType dtype, long uses) {
    /** Names of a language model's head, a gigabyte in Qwen2.5-VL, which no text encoder needs. */
    private static final Pattern NEVER_LOADED = Pattern.compile("(language_model\\.)?lm_head\\..*");

    /** States a size without its uses. */
    public WeightSize(long elements, long bytes, DType dtype) {
        this(elements, bytes, dtype, 0);
    }

    /**
     * Reads the headers in a component folder.
     *
     * @throws CheckpointException if there are none, or they are damaged
     */
    public static WeightSize of(Path folder) {
        Map<DType, Long> bytes = new EnumMap<>(DType.class);
        for (SafetensorsFile file : ShardedFiles.find(folder).files()) {
            file.entries().forEach((name, entry) -> {
                if (!NEVER_LOADED.matcher(name).matches()) {
                    bytes.merge(entry.dtype(), entry.end() - entry.start(), Long::sum);
                }
            });
        }
        return new WeightSize(
                bytes.entrySet().stream()
                        .mapToLong(entry -> entry.getValue() / entry.getKey().bytes())
                        .sum(),
                bytes.values().stream().mapToLong(Long::longValue).sum(),
                bytes.entrySet().stream()
                        .max(Map.Entry.comparingByValue())
                        .map(Map.Entry::getKey)
                        .orElse(DType.FLOAT32));
    }

    /** Returns the same for a network that multiplies each number so often for a picture. */
    public WeightSize usedTimes(long times) {
        return new WeightSize(elements, bytes, dtype, times);
    }

    /** Floating-point operations of a picture: two for each use of a number. */
    public double work() {
        return 2.0 * elements * uses;
    }

    /** Bytes that these weights take in an element type. */
    public long in(DType type) {
        return elements * type.bytes();
    }
}
