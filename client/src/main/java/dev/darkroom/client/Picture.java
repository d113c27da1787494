package dev.darkroom.client;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.UUID;

/**
 * A picture that a job made, or an animation.
 *
 * @param file its file, at an address or in memory
 * @param format {@code png}, {@code jpeg} or {@code webp}; of an animation {@code mp4}, {@code webm}, {@code gif}, {@code webp} or {@code zip}
 * @param width in pixels
 * @param height in pixels
 * @param length of the file in bytes
 * @param seed by which it can be drawn again
 * @param promptIndex which prompt of the job, from 0
 * @param provenance what the file says of how the picture came about; empty where the worker does not tell
 * @param clip how it moves; empty for a picture that does not
 */
public record Picture(
        PictureFile file,
        String format,
        int width,
        int height,
        long length,
        long seed,
        int promptIndex,
        Optional<Provenance> provenance,
        Optional<Clip> clip) {
    /**
     * How an animation moves.
     *
     * @param frames how many it has
     * @param fps frames a second
     * @param poster the frame that stands for it, where the request asks for one
     */
    public record Clip(int frames, double fps, Optional<Picture> poster) {}

    /**
     * What a picture's file says of how it came about.
     *
     * @param credentials true if it has signed content credentials (C2PA)
     * @param mark true if a mark is in its pixels
     * @param label IPTC's word for it, such as {@code trainedAlgorithmicMedia}
     */
    public record Provenance(boolean credentials, boolean mark, Optional<String> label) {}

    /** Returns the address of the file; empty if it came inside the answer. */
    public Optional<URI> url() {
        return file.url();
    }

    /**
     * Returns the file, and downloads it where it is at an address.
     *
     * @throws DarkroomException if it cannot be downloaded
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public byte[] bytes() throws InterruptedException {
        return file.bytes();
    }

    /**
     * Writes the file, whole or not at all.
     *
     * @param target its path; a file that is there is replaced
     * @return the target
     * @throws DarkroomException if it cannot be downloaded
     * @throws IOException if it cannot be written
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public Path save(Path target) throws IOException, InterruptedException {
        Path absolute = target.toAbsolutePath();
        Path folder = absolute.getParent();
        if (folder == null) {
            throw new IOException(target + ": is no file");
        }
        Path part = folder.resolve("." + UUID.randomUUID() + ".part");
        try {
            Files.write(part, file.bytes());
            Files.move(part, absolute, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
        return target;
    }
}
