package dev.darkroom.weights;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.ScaledOperators;
import dev.darkroom.tensor.ScaledOperators.Rows;
import dev.darkroom.tensor.Tensor;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A tensor of a component, in the file that holds it.
 *
 * @param scale what its numbers are to be multiplied by; null if they are what they stand for
 */
record Stored(
        String name,
        SafetensorsFile.Entry entry,
        Path file,
        @Nullable WeightScale scale) {
    /** Makes a tensor without a scale. */
    Stored(String name, SafetensorsFile.Entry entry, Path file) {
        this(name, entry, file, null);
    }

    Stored scaledBy(WeightScale by) {
        return new Stored(name, entry, file, by);
    }

    long bytes() {
        return entry.end() - entry.start();
    }

    /** Number of elements. */
    long elements() {
        return bytes() / entry.dtype().bytes();
    }

    DType dtype() {
        return entry.dtype();
    }

    /** Number of rows, the first dimension. */
    long rows() {
        return entry.dimensions()[0];
    }

    /** True if its numbers are taken as they are, converted at most. */
    boolean isPlain() {
        return scale == null;
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

    /** Computes what the numbers stand for; in float32 if there is a scale, in their own type if not. */
    Tensor values(Tensor numbers) {
        return scale == null
                ? numbers
                : ScaledOperators.dequantise(
                        new Rows(numbers, scale.beside(entry.shape().size(), numbers.device())));
    }

    /** Makes rows of e4m3 numbers of a weight {@code [out, in]}: those that are stored with their scale, others quantised. */
    Rows rows(Tensor numbers) {
        return dtype() == DType.FLOAT8_E4M3
                ? new Rows(numbers, scaleOfRows(numbers.device()))
                : ScaledOperators.quantiseRows(values(numbers));
    }

    /** Makes the scale of each row of stored e4m3 numbers, 1 if there is none: float32 {@code [rows, 1]}. */
    Tensor scaleOfRows(Device device) {
        return (scale == null ? WeightScale.one() : scale).ofRows(rows(), device);
    }
}
