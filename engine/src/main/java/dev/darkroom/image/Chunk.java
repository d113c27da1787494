package dev.darkroom.image;

import java.util.Arrays;

/** A named part of a PNG or WebP file: where its content is in there. */
record Chunk(String type, int start, int length) {
    byte[] content(byte[] file) {
        return Arrays.copyOfRange(file, start, start + length);
    }
}
