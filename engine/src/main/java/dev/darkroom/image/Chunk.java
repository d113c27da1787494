package dev.darkroom.image;

import java.util.Arrays;

/**
 * A named part of a PNG or WebP file.
 *
 * @param start offset of its content in the file
 * @param length of its content in bytes
 */
record Chunk(String type, int start, int length) {
    /** Copies the content from the file. */
    byte[] content(byte[] file) {
        return Arrays.copyOfRange(file, start, start + length);
    }
}
