package dev.darkroom.hub.transfer;

import dev.darkroom.hub.HubException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A blob while it is fetched: {@code <id>.unfinished}, and {@code <id>.parts} that says which parts are in it, so that another process
 * goes on where this one ends. (Hugging Face's own tools would take an {@code .incomplete} file for one that was filled from its start.)
 */
public final class UnfinishedBlob implements AutoCloseable {
    private static final int HEADER = Long.BYTES;
    private static final byte FETCHED = 1;

    private final Path blob;
    private final Path unfinished;
    private final Path marks;
    private final List<FilePart> parts;
    private final FileChannel content;
    private final FileChannel fetched;

    /**
     * Opens the files of a blob, creating those that are not there.
     *
     * @param partBytes size of parts in bytes; what was fetched in parts of another size is fetched again
     */
    UnfinishedBlob(Path blob, long bytes, long partBytes) throws IOException {
        this.blob = blob;
        this.parts = FilePart.of(bytes, partBytes);
        unfinished = blob.resolveSibling(blob.getFileName() + ".unfinished");
        marks = blob.resolveSibling(blob.getFileName() + ".parts");
        if (!Files.exists(unfinished)) {
            Files.deleteIfExists(marks);
        }
        content = open(unfinished);
        fetched = open(marks);
        if (read(0, HEADER).getLong() != partBytes) {
            fetched.truncate(0);
            write(fetched, ByteBuffer.allocate(HEADER).putLong(partBytes).flip(), 0);
        }
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    /** Lists the parts that are still to be fetched. */
    List<FilePart> missing() throws IOException {
        ByteBuffer marked = read(HEADER, parts.size());
        List<FilePart> missing = new ArrayList<>(parts);
        missing.removeIf(part -> marked.get(part.index()) == FETCHED);
        return missing;
    }

    /** Reads a range of the marks; zeros where they end. */
    private ByteBuffer read(long at, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining() && fetched.read(buffer, at + buffer.position()) > 0) {}
        return buffer.rewind().limit(bytes);
    }

    /**
     * Writes a piece to its place.
     *
     * @throws HubException if the disk fails, which is no reason to ask the hub again
     */
    void write(ByteBuffer bytes, long at) {
        write(content, bytes, at);
    }

    /** Marks a part of which every byte has been written. */
    void fetched(FilePart part) {
        write(fetched, ByteBuffer.wrap(new byte[] {FETCHED}), HEADER + part.index());
    }

    private void write(FileChannel file, ByteBuffer bytes, long at) {
        try {
            long next = at;
            while (bytes.hasRemaining()) {
                next += file.write(bytes, next);
            }
        } catch (IOException e) {
            throw new HubException(unfinished + " cannot be written: " + e, e);
        }
    }

    /**
     * Gives the blob its name if its content has the digest; otherwise deletes what was fetched.
     *
     * @return true if the blob has its name
     */
    boolean finish(Digest digest) throws IOException {
        content.force(true);
        boolean right = digest.of(unfinished).equals(digest);
        close();
        if (right) {
            Files.move(unfinished, blob, StandardCopyOption.ATOMIC_MOVE);
        } else {
            Files.delete(unfinished);
        }
        Files.deleteIfExists(marks);
        return right;
    }

    @Override
    public void close() throws IOException {
        content.close();
        fetched.close();
    }

    /**
     * A piece of a file that is fetched by itself.
     *
     * @param start offset of its first byte in the file
     * @param end offset of the byte after its last
     */
    public record FilePart(int index, long start, long end) {
        /** Divides a file of {@code bytes} into pieces of at most {@code partBytes}. */
        public static List<FilePart> of(long bytes, long partBytes) {
            List<FilePart> parts = new ArrayList<>();
            for (long start = 0; start < bytes; start += partBytes) {
                parts.add(new FilePart(parts.size(), start, Math.min(bytes, start + partBytes)));
            }
            return parts;
        }

        /** Computes the length in bytes. */
        long bytes() {
            return end - start;
        }
    }
}
