package dev.darkroom.weights.gguf;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.checkpoint.SmallFile;
import dev.darkroom.tensor.BlockType;
import dev.darkroom.tensor.DType;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The header of one GGUF file, version 2 or 3: names, types, shapes and places of its tensors. It is checked so that every later read lies
 * inside the file.
 *
 * <p>Source: ggml-org/ggml, {@code docs/gguf.md}; the original shape of a tensor: city96/ComfyUI-GGUF, {@code tools/convert.py}.
 *
 * @param architecture what the file says that it holds, such as {@code flux}
 * @param entries the tensors, as the header lists them
 */
public record GgufFile(Path path, long size, Optional<String> architecture, Map<String, Entry> entries) {
    /**
     * One tensor.
     *
     * @param dtype type of its numbers, or bytes if they are packed
     * @param blocks how its numbers are packed; empty if they are not
     * @param shape rows first, unlike in the file
     * @param start counts bytes from the beginning of the file
     */
    public record Entry(DType dtype, Optional<BlockType> blocks, List<Long> shape, long start, long end) {
        public Entry {
            shape = List.copyOf(shape);
        }
    }

    /**
     * Reads and checks the header of a file.
     *
     * @throws CheckpointException that names the file and what is wrong with it, or which types of tensors are read
     */
    public static GgufFile read(Path path) {
        SmallFile.requireRegular(path);
        try (FileChannel channel = FileChannel.open(path)) {
            long size = channel.size();
            var header = new Header(new HeaderBytes(path, channel, size));
            return new GgufFile(path, size, header.architecture(), header.tensors());
        } catch (NoSuchFileException e) {
            throw new CheckpointException(path + " is missing", e);
        } catch (IOException e) {
            throw CheckpointException.unreadable(path, e);
        }
    }
}
