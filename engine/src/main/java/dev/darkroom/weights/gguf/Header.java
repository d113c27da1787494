package dev.darkroom.weights.gguf;

import dev.darkroom.weights.gguf.GgufFile.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a header from its first byte to its last. */
final class Header {
    private static final int MAGIC = 0x46554747; // "GGUF"
    private static final int MOST_TENSORS = 100_000;
    private static final int LONGEST_NAME = 1024;
    private static final int MOST_DIMENSIONS = 8; // ggml has 4, and other writers store kernels of video networks
    private static final long LEAST_TENSOR = 8 + 4 + 4 + 8;
    private static final long USUAL_ALIGNMENT = 32;
    private static final long LARGEST_ALIGNMENT = 1 << 20;

    private final HeaderBytes bytes;
    private final Metadata metadata;
    private final Map<String, Entry> tensors = new LinkedHashMap<>();

    /** A tensor as the header describes it; its bytes are counted from the beginning of the data. */
    private record Described(String name, TensorType type, List<Long> shape, long offset, long length) {}

    Header(HeaderBytes bytes) throws IOException {
        this.bytes = bytes;
        if (bytes.size() < 4 || bytes.int32() != MAGIC) {
            throw bytes.damaged("is no GGUF file: it does not begin with GGUF");
        }
        checkVersion(bytes.int32());
        int count = (int) bytes.count("tensors", (int) LEAST_TENSOR, MOST_TENSORS);
        metadata = new Metadata(bytes);
        List<Described> described = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            described.add(described());
        }
        place(described);
    }

    private void checkVersion(int version) {
        if ((version & 0xffff) == 0 && version != 0) {
            throw bytes.damaged("is a GGUF file for big-endian machines, expected a little-endian one");
        }
        if (version != 2 && version != 3) {
            throw bytes.damaged(
                    "is a GGUF file of version " + Integer.toUnsignedString(version) + ", expected version 2 or 3");
        }
    }

    /** What the file says that it holds. */
    Optional<String> architecture() {
        return metadata.text("general.architecture");
    }

    Map<String, Entry> tensors() {
        return tensors;
    }

    private Described described() throws IOException {
        String name = bytes.text("a tensor's name", LONGEST_NAME);
        int dimensions = bytes.int32();
        if (dimensions < 0 || dimensions > MOST_DIMENSIONS) {
            throw bytes.damaged(
                    name,
                    "has " + Integer.toUnsignedString(dimensions) + " dimensions, expected " + MOST_DIMENSIONS
                            + " at most");
        }
        List<Long> shape = new ArrayList<>();
        for (int i = 0; i < dimensions; i++) {
            shape.addFirst(bytes.int64()); // the file counts from the innermost dimension
        }
        int code = bytes.int32();
        TensorType type = TensorType.ofCode(code)
                .orElseThrow(() -> bytes.damaged(
                        name, "has " + TensorType.unread(code) + ", expected one of " + TensorType.read()));
        long offset = bytes.int64();
        long elements = elements(name, shape);
        if (elements % type.elements() != 0) {
            throw bytes.damaged(
                    name,
                    "has " + elements + " numbers, expected a multiple of the " + type.elements() + " in a block of "
                            + type);
        }
        return new Described(
                name,
                type,
                metadata.shapeOf(name)
                        .map(original -> checked(name, original, elements))
                        .orElse(shape),
                offset,
                elements / type.elements() * type.bytes());
    }

    /** Number of elements, so few that their bytes can be counted whatever the type. */
    private long elements(String name, List<Long> shape) {
        long elements = 1;
        try {
            for (long dimension : shape) {
                if (dimension < 0) {
                    throw new ArithmeticException();
                }
                elements = Math.multiplyExact(elements, dimension);
            }
            var unused = Math.multiplyExact(elements, (long) Long.BYTES);
        } catch (ArithmeticException e) {
            throw bytes.damaged(name, "has the impossible shape " + shape);
        }
        return elements;
    }

    private List<Long> checked(String name, List<Long> original, long elements) {
        if (elements(name, original) != elements) {
            throw bytes.damaged(
                    name, "was " + original + " originally, which does not have its " + elements + " numbers");
        }
        return original;
    }

    private void place(List<Described> described) {
        long alignment = metadata.number("general.alignment").orElse(USUAL_ALIGNMENT);
        if (alignment < 8 || alignment > LARGEST_ALIGNMENT || alignment % 8 != 0) {
            throw bytes.damaged("has a general.alignment of " + alignment + ", expected a multiple of 8");
        }
        long start = (bytes.position() + alignment - 1) / alignment * alignment;
        for (Described tensor : described) {
            String name = tensor.name;
            if (tensor.offset < 0 || tensor.offset % alignment != 0) {
                throw bytes.damaged(
                        name,
                        "begins at byte " + Long.toUnsignedString(tensor.offset) + ", expected a multiple of "
                                + alignment);
            }
            if (tensor.length > bytes.size() - start || tensor.offset > bytes.size() - start - tensor.length) {
                throw bytes.damaged(
                        name,
                        "of " + tensor.length + " bytes begins at byte " + tensor.offset + " of "
                                + Math.max(0, bytes.size() - start) + ": the file is truncated");
            }
            long at = start + tensor.offset;
            Entry entry = new Entry(tensor.type.dtype(), tensor.type.blocks(), tensor.shape, at, at + tensor.length);
            if (tensors.put(name, entry) != null) {
                throw bytes.damaged(name, "stands there twice");
            }
        }
        checkOverlaps();
    }

    private void checkOverlaps() {
        long end = 0;
        for (var tensor : tensors.entrySet().stream()
                .sorted(Comparator.comparingLong(each -> each.getValue().start()))
                .toList()) {
            if (tensor.getValue().start() < end
                    && tensor.getValue().end() > tensor.getValue().start()) {
                throw bytes.damaged(tensor.getKey(), "overlaps the tensor before it");
            }
            end = Math.max(end, tensor.getValue().end());
        }
    }
}
