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
 */
public record WeightSize(long elements, long bytes, DType dtype) {
    /** Names of a language model's head, a gigabyte in Qwen2.5-VL, which no text encoder needs. */
    private static final Pattern NEVER_LOADED = Pattern.compile("(language_model\\.)?lm_head\\..*");

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

    /** Bytes that these weights take in an element type. */
    public long in(DType type) {
        return elements * type.bytes();
    }
}
