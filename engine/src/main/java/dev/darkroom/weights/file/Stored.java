package dev.darkroom.weights.file;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.tensor.BlockOperators;
import dev.darkroom.tensor.BlockOperators.Packed;
import dev.darkroom.tensor.BlockType;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.ScaledOperators;
import dev.darkroom.tensor.ScaledOperators.Rows;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.gguf.GgufFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A tensor of a component, in the file that holds it.
 *
 * @param entry its place and shape; where its numbers are packed, the type is that of bytes
 * @param scale what its numbers are to be multiplied by; null if they are what they stand for
 * @param blocks how its numbers are packed; null if they are not
 * @param swapsHalves true if the second half of its rows is to come first
 */
public record Stored(
        String name,
        SafetensorsFile.Entry entry,
        Path file,
        @Nullable WeightScale scale,
        @Nullable BlockType blocks,
        boolean swapsHalves) {
    /** Makes a tensor whose numbers are what they stand for. */
    Stored(String name, SafetensorsFile.Entry entry, Path file) {
        this(name, entry, file, null, null, false);
    }

    /** Makes a tensor of a GGUF file. */
    static Stored of(String name, GgufFile.Entry tensor, Path file) {
        var entry = new SafetensorsFile.Entry(tensor.dtype(), tensor.shape(), tensor.start(), tensor.end());
        return new Stored(name, entry, file, null, tensor.blocks().orElse(null), false);
    }

    Stored scaledBy(WeightScale by) {
        return new Stored(name, entry, file, by, blocks, swapsHalves);
    }

    Stored called(String other) {
        return new Stored(other, entry, file, scale, blocks, swapsHalves);
    }

    Stored swappingHalves() {
        return new Stored(name, entry, file, scale, blocks, true);
    }

    /** Cuts out rows, which lie one after another in the file. */
    public Stored rows(long first, long count) {
        List<Long> shape = new ArrayList<>(entry.shape());
        long row = bytes() / rows();
        shape.set(0, count);
        long start = entry.start() + first * row;
        var part = new SafetensorsFile.Entry(entry.dtype(), shape, start, start + count * row);
        return new Stored(name, part, file, scale, blocks, swapsHalves);
    }

    /** True if there are rows, each of which begins with a number, or a block, of its own. */
    boolean canBeCut() {
        return !entry.shape().isEmpty()
                && rows() > 0
                && (blocks == null || elements() / rows() % blocks.elements() == 0);
    }

    /** Bytes that it takes in its file. */
    public long bytes() {
        return entry.end() - entry.start();
    }

    /** Number of elements. */
    public long elements() {
        return blocks == null ? bytes() / entry.dtype().bytes() : bytes() / blocks.bytes() * blocks.elements();
    }

    /** Shape of what lies in the file: the tensor's own, or its bytes where they are packed. */
    public long[] layout() {
        return blocks == null ? entry.dimensions() : new long[] {bytes()};
    }

    /** True if it is stored as numbers that a network may compute with. */
    boolean isFloating() {
        return blocks != null || dtype().isFloating();
    }

    /** Name of the type that it is stored in. */
    String typeName() {
        return blocks == null ? dtype().fileName() : blocks.toString();
    }

    /** The packing of its numbers, if a linear layer can use them so. */
    public Optional<BlockType> packed() {
        return swapsHalves ? Optional.empty() : Optional.ofNullable(blocks);
    }

    /** Type in which its numbers lie in the file. */
    public DType dtype() {
        return entry.dtype();
    }

    /** Number of rows, the first dimension. */
    public long rows() {
        return entry.dimensions()[0];
    }

    /** True if its numbers are taken as they are, converted at most. */
    public boolean isPlain() {
        return scale == null && blocks == null && !swapsHalves;
    }

    /**
     * Reads a small tensor's bytes into Java's memory, to be read as little endian.
     *
     * @throws CheckpointException that names the file, if that cannot be read
     */
    ByteBuffer read() {
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(bytes())).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(file)) {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, entry.start() + bytes.position()) < 0) {
                    throw new EOFException("it ends inside of " + name);
                }
            }
        } catch (IOException e) {
            throw CheckpointException.unreadable(file, e);
        }
        return bytes.flip();
    }

    /** Computes what the numbers stand for; in float32 if they are packed or there is a scale, in their own type if not. */
    public Tensor values(Tensor numbers) {
        Tensor values = inOrder(numbers);
        if (!swapsHalves) {
            return values;
        }
        long half = rows() / 2;
        return Tensor.cat(0, values.narrow(0, half, rows() - half), values.narrow(0, 0, half));
    }

    private Tensor inOrder(Tensor numbers) {
        if (blocks != null) {
            return BlockOperators.unpack(new Packed(numbers, blocks, entry.shape()), DType.FLOAT32);
        }
        return scale == null
                ? numbers
                : ScaledOperators.dequantise(
                        new Rows(numbers, scale.beside(entry.shape().size(), numbers.device())));
    }

    /** Makes rows of e4m3 numbers of a weight {@code [out, in]}: those that are stored with their scale, others quantised. */
    public Rows rows(Tensor numbers) {
        return dtype() == DType.FLOAT8_E4M3
                ? new Rows(numbers, scaleOfRows(numbers.device()))
                : ScaledOperators.quantiseRows(values(numbers));
    }

    /** Makes the scale of each row of stored e4m3 numbers, 1 if there is none: float32 {@code [rows, 1]}. */
    public Tensor scaleOfRows(Device device) {
        return (scale == null ? WeightScale.one() : scale).ofRows(rows(), device);
    }
}
