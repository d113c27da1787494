package dev.darkroom.tensor;

import dev.darkroom.job.Reason;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file mapped into memory as a tensor of bytes: paged in on first use, nothing copied. The mapping is read-only, so the system reserves no
 * memory for it, however large it is; who writes to such a tensor ends the process. It lasts until the scope is closed that it was opened
 * in, or that one of its tensors was kept for. The file must not shrink meanwhile. Offsets may lie beyond 2³¹.
 */
public final class MappedFile {
    private final Path path;
    private final Arena mapping;
    private final MemorySegment memory;
    private final Tensor bytes;

    @Nullable
    Scope owner;

    private MappedFile(Path path, Arena mapping, MemorySegment memory, Tensor bytes) {
        this.path = path;
        this.mapping = mapping;
        this.memory = memory;
        this.bytes = bytes;
    }

    /**
     * Maps {@code size} bytes of a file into the innermost scope.
     *
     * @throws TensorException that names the file, if it cannot be read or is shorter
     */
    public static MappedFile open(Path path, long size) {
        Scope scope = Scope.innermost();
        Arena mapping = Arena.ofShared(); // weights may be freed by another thread than loaded them
        try (FileChannel channel = FileChannel.open(path)) {
            MemorySegment memory = channel.map(FileChannel.MapMode.READ_ONLY, 0, size, mapping);
            var file = new MappedFile(path, mapping, memory, Tensor.over(memory));
            scope.adopt(file);
            return file;
        } catch (IOException e) {
            mapping.close();
            throw new TensorException(path + " cannot be mapped: " + Reason.of(e), e);
        } catch (RuntimeException | Error e) {
            mapping.close();
            throw e;
        }
    }

    /**
     * Returns the elements from byte {@code start} on as a view of the mapping; they are copied only if {@code start} is not a multiple of
     * their size.
     */
    public Tensor tensor(DType dtype, long start, long... shape) {
        if (start % dtype.bytes() == 0) {
            Tensor view = Operators.VIEW_BYTES.tensor(bytes, dtype, start / dtype.bytes(), shape);
            view.file = this;
            return view;
        }
        long length = dtype.bytes();
        for (long dimension : shape) {
            length *= dimension;
        }
        Tensor copy = Operators.COPY_BYTES.tensor(bytes, start, length);
        return Operators.VIEW_BYTES.tensor(copy, dtype, 0L, shape);
    }

    /**
     * Reads every page into memory.
     *
     * @throws TensorException that names the file, if it has become shorter or its disk fails
     */
    public void prefetch() {
        try {
            memory.load();
        } catch (InternalError e) { // what the JVM makes of the signal that there is no such page
            throw new TensorException(path + " cannot be read: it has become shorter, or its disk fails", e);
        }
    }

    /** Unmaps the file; no tensor of it may be left. */
    void unmap() {
        mapping.close();
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
