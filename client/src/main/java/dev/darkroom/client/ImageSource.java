package dev.darkroom.client;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;

/**
 * A picture that a job starts from, edits, or takes as its mask, or a video that it follows: a file here, bytes, or an address that the worker
 * fetches it from.
 */
public sealed interface ImageSource {
    /**
     * A file on this machine, which is read when the job is submitted.
     *
     * @param path of a PNG, JPEG, WebP, GIF or BMP
     */
    record OfFile(Path path) implements ImageSource {}

    /**
     * A file's content.
     *
     * @param file a PNG, JPEG, WebP, GIF or BMP; it is not copied, and must not be changed
     */
    @SuppressWarnings("ArrayRecordComponent") // sources are sent, and not compared
    record OfBytes(byte[] file) implements ImageSource {}

    /**
     * An address that the worker fetches: an http(s) URL, or the address of an earlier result.
     *
     * @param address on the public internet, or of a result of the same worker
     */
    record OfAddress(URI address) implements ImageSource {}

    /**
     * A file on the worker's machine, below one of the folders that it allows.
     *
     * @param path as the worker sees it
     */
    record AtWorker(String path) implements ImageSource {}

    /** A file on this machine, which is read when the job is submitted. */
    static ImageSource of(Path file) {
        return new OfFile(file);
    }

    /** A file's content; it is not copied, and must not be changed. */
    static ImageSource of(byte[] file) {
        return new OfBytes(file);
    }

    /** An address that the worker fetches. */
    static ImageSource of(URI address) {
        return new OfAddress(address);
    }

    /** Returns the source as it is sent. */
    private String text() throws IOException {
        return switch (this) {
            case OfFile file -> Base64.getEncoder().encodeToString(Files.readAllBytes(file.path()));
            case OfBytes bytes -> Base64.getEncoder().encodeToString(bytes.file());
            case OfAddress url -> url.address().toString();
            case AtWorker file -> file.path();
        };
    }

    /**
     * Returns the source as it is sent.
     *
     * @throws DarkroomException if a file cannot be read
     */
    static String text(String field, ImageSource source) {
        try {
            return source.text();
        } catch (IOException e) {
            throw DarkroomException.ofRequest(field, "the file cannot be read: " + e, e);
        }
    }
}
