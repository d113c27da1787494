package dev.darkroom.weights.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.checkpoint.CheckpointJson;
import dev.darkroom.checkpoint.SmallFile;
import dev.darkroom.job.Reason;
import dev.darkroom.tensor.DType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The header of one safetensors file: names, types, shapes and places of its tensors. It is checked as the format's own library checks it,
 * so that every later read lies inside the file: known types, sizes that match the shapes, no overlap, no gap.
 *
 * <p>Source: huggingface/safetensors, README ("Format") and {@code safetensors/src/tensor.rs}, {@code Metadata::validate}.
 *
 * @param entries the tensors, as the header lists them
 * @param metadata the writer's remarks about the file, texts by name
 */
public record SafetensorsFile(Path path, long size, Map<String, Entry> entries, Map<String, String> metadata) {
    private static final long LARGEST_HEADER = 100_000_000;
    private static final int MOST_DIMENSIONS = 16;

    /** One tensor: {@code start} counts bytes from the beginning of the file. */
    public record Entry(DType dtype, List<Long> shape, long start, long end) {
        /** The shape as an array, for libtorch. */
        public long[] dimensions() {
            return shape.stream().mapToLong(Long::longValue).toArray();
        }

        /** Returns true if another tensor, maybe of another file, is the same in type, shape and every byte. */
        boolean hasSameBytes(Path file, Entry other, Path otherFile) {
            if (dtype != other.dtype || !shape.equals(other.shape)) {
                return false;
            }
            try (Arena arena = Arena.ofConfined();
                    FileChannel one = FileChannel.open(file);
                    FileChannel two = FileChannel.open(otherFile)) {
                long length = end - start;
                return one.map(FileChannel.MapMode.READ_ONLY, start, length, arena)
                                .mismatch(two.map(FileChannel.MapMode.READ_ONLY, other.start, length, arena))
                        < 0;
            } catch (IOException e) {
                throw CheckpointException.unreadable(file, e);
            }
        }
    }

    /** Reads and checks the header of a file. */
    public static SafetensorsFile read(Path path) {
        SmallFile.requireRegular(path); // a pipe would be waited for, without an end
        try (FileChannel channel = FileChannel.open(path)) {
            long size = channel.size();
            if (size < 8) {
                throw damaged(path, "has " + size + " bytes, too few for a header");
            }
            long headerLength = read(channel, path, 0, 8).getLong();
            if (headerLength < 2 || headerLength > Math.min(LARGEST_HEADER, size - 8)) {
                throw damaged(path, "claims a header of " + headerLength + " bytes in a file of " + size);
            }
            byte[] header = read(channel, path, 8, (int) headerLength).array();
            JsonNode root = root(path, header);
            return new SafetensorsFile(path, size, entries(path, root, 8 + headerLength, size), metadata(root));
        } catch (NoSuchFileException e) {
            throw new CheckpointException(path + " is missing", e);
        } catch (IOException e) {
            throw CheckpointException.unreadable(path, e);
        }
    }

    private static ByteBuffer read(FileChannel channel, Path path, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw damaged(path, "ends inside its header");
            }
        }
        return buffer.flip();
    }

    private static JsonNode root(Path path, byte[] header) {
        JsonNode root;
        try {
            root = CheckpointJson.MAPPER.readTree(header);
        } catch (JsonProcessingException e) {
            throw damaged(path, "has a header that is no valid JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw damaged(path, "has an unreadable header: " + Reason.of(e));
        }
        if (!root.isObject()) {
            throw damaged(path, "has a header that is no JSON object");
        }
        return root;
    }

    private static Map<String, String> metadata(JsonNode root) {
        Map<String, String> metadata = new LinkedHashMap<>();
        root.path("__metadata__").properties().stream()
                .filter(field -> field.getValue().isTextual())
                .forEach(field -> metadata.put(field.getKey(), field.getValue().asText()));
        return metadata;
    }

    private static Map<String, Entry> entries(Path path, JsonNode root, long dataStart, long fileSize) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        root.properties().forEach(field -> {
            if (!field.getKey().equals("__metadata__")) {
                entries.put(field.getKey(), entry(path, field.getKey(), field.getValue(), dataStart, fileSize));
            }
        });
        checkLayout(path, entries, dataStart, fileSize);
        return entries;
    }

    private static Entry entry(Path path, String name, JsonNode node, long dataStart, long fileSize) {
        DType dtype = dtype(node.path("dtype").asText());
        if (dtype == null) {
            throw damaged(path, name, "has the unknown type " + node.path("dtype"));
        }
        List<Long> shape = numbers(node.path("shape"), MOST_DIMENSIONS);
        List<Long> offsets = numbers(node.path("data_offsets"), 2);
        if (shape == null) {
            throw damaged(path, name, "has the impossible shape " + node.path("shape"));
        }
        if (offsets == null || offsets.size() != 2 || offsets.get(0) > offsets.get(1)) {
            throw damaged(path, name, "has the impossible data_offsets " + node.path("data_offsets"));
        }
        if (offsets.get(1) > fileSize - dataStart) {
            throw damaged(
                    path,
                    name,
                    "ends at byte " + offsets.get(1) + " of " + (fileSize - dataStart) + ": the file is truncated");
        }
        long length = dtype.bytes();
        try {
            for (long dimension : shape) {
                length = Math.multiplyExact(length, dimension);
            }
        } catch (ArithmeticException e) {
            throw damaged(path, name, "has the impossible shape " + shape);
        }
        if (length != offsets.get(1) - offsets.get(0)) {
            throw damaged(path, name, "needs " + length + " bytes but has " + (offsets.get(1) - offsets.get(0)));
        }
        return new Entry(dtype, shape, dataStart + offsets.get(0), dataStart + offsets.get(1));
    }

    private static void checkLayout(Path path, Map<String, Entry> entries, long dataStart, long fileSize) {
        List<Map.Entry<String, Entry>> byStart = new ArrayList<>(entries.entrySet());
        byStart.sort(Comparator.comparingLong(
                        (Map.Entry<String, Entry> e) -> e.getValue().start())
                .thenComparingLong(e -> e.getValue().end()));
        long at = dataStart;
        for (var tensor : byStart) {
            if (tensor.getValue().start() != at) {
                throw damaged(
                        path,
                        tensor.getKey(),
                        tensor.getValue().start() < at ? "overlaps the tensor before it" : "leaves a gap before it");
            }
            at = tensor.getValue().end();
        }
        if (at != fileSize) {
            throw damaged(path, "has " + (fileSize - at) + " bytes that belong to no tensor");
        }
    }

    private static @Nullable DType dtype(String name) {
        for (DType type : DType.values()) {
            if (type.fileName().equals(name)) {
                return type;
            }
        }
        return null;
    }

    /** Reads whole numbers from 0; null if the node is not a list of at most {@code most} of them. */
    private static @Nullable List<Long> numbers(JsonNode list, int most) {
        if (!list.isArray() || list.size() > most) {
            return null;
        }
        List<Long> numbers = new ArrayList<>();
        for (JsonNode item : list) {
            if (!item.isIntegralNumber() || !item.canConvertToLong() || item.longValue() < 0) {
                return null;
            }
            numbers.add(item.longValue());
        }
        return List.copyOf(numbers);
    }

    private static CheckpointException damaged(Path path, String what) {
        return new CheckpointException(path + " " + what);
    }

    private static CheckpointException damaged(Path path, String tensor, String what) {
        return new CheckpointException(path + ": tensor " + tensor + " " + what);
    }
}
