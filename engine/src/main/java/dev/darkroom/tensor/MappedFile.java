package dev.darkroom.tensor;

import java.nio.file.Path;

/**
 * A file mapped into memory as a tensor of bytes: read-only and private, paged in on first use, nothing copied. The file must not shrink
 * while it is mapped. Offsets may lie beyond 2³¹.
 */
public final class MappedFile {
    private final Tensor bytes;
    private final Path path;

    private MappedFile(Tensor bytes, Path path) {
        this.bytes = bytes;
        this.path = path;
    }

    /** Maps {@code size} bytes of a file into the innermost scope. */
    public static MappedFile open(Path path, long size) {
        return new MappedFile(Operators.MAP_FILE.tensor(path.toString(), size), path);
    }

    /**
     * Returns the elements from byte {@code start} on as a view of the mapping; they are copied only if {@code start} is not a multiple of
     * their size.
     */
    public Tensor tensor(DType dtype, long start, long... shape) {
        if (start % dtype.bytes() == 0) {
            return Operators.VIEW_BYTES.tensor(bytes, dtype, start / dtype.bytes(), shape);
        }
        long length = dtype.bytes();
        for (long dimension : shape) {
            length *= dimension;
        }
        Tensor copy = Operators.COPY_BYTES.tensor(bytes, start, length);
        return Operators.VIEW_BYTES.tensor(copy, dtype, 0L, shape);
    }

    /** Copies the elements from byte {@code start} on into the memory of a card, through a page-locked buffer. */
    public Tensor tensorOn(Device device, PinnedBuffer staging, DType dtype, long start, long... shape) {
        long length = dtype.bytes();
        for (long dimension : shape) {
            length *= dimension;
        }
        Tensor target = Operators.EMPTY_BYTES.tensor(length, device);
        Operators.UPLOAD.integer(bytes, start, length, staging.bytes(), target);
        return Operators.VIEW_BYTES.tensor(target, dtype, 0L, shape);
    }

    /** The file itself. */
    public Path path() {
        return path;
    }

    /** Reads every page into memory. */
    public void prefetch() {
        Operators.TOUCH.integer(bytes);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
