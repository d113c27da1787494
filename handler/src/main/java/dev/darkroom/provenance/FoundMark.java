package dev.darkroom.provenance;

import java.util.Optional;

/**
 * What was found of a mark in a picture's pixels.
 *
 * @param payload what it says; empty where there is none
 * @param confidence from 0 to 1 that it is one
 */
public record FoundMark(Optional<String> payload, double confidence) {
    /** Nothing was found. */
    public static final FoundMark NONE = new FoundMark(Optional.empty(), 0);

    /** Looks for a mark in a picture's file. */
    @FunctionalInterface
    public interface Reader {
        /** Finds nothing. */
        Reader NONE = file -> FoundMark.NONE;

        /** Returns what there is. */
        FoundMark read(byte[] file);
    }
}
