package dev.darkroom.provenance;

import dev.darkroom.image.PictureDecoder;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import java.util.Optional;

/**
 * What was found of a mark in a picture's pixels.
 *
 * @param payload what it says; empty where there is none
 * @param confidence from 0 to 1: how much of it could be read without the help of its error correction
 * @param fault why nobody could look
 */
public record FoundMark(Optional<String> payload, double confidence, Optional<String> fault) {
    /** Nothing was found. */
    public static final FoundMark NONE = new FoundMark(Optional.empty(), 0, Optional.empty());

    /** Nobody could look, for that reason. */
    static FoundMark unknown(String fault) {
        return new FoundMark(Optional.empty(), 0, Optional.of(fault));
    }

    /** Decodes the pictures that are searched for a mark. */
    @FunctionalInterface
    public interface Pixels {
        /**
         * Has a file's picture searched.
         *
         * @throws JobException naming the field, if it cannot be decoded
         */
        FoundMark searched(String field, byte[] file, Search search) throws InterruptedException;

        /** Decodes whatever memory that takes. */
        static Pixels by(PictureDecoder decoder) {
            return (field, file, search) -> search.in(decoder.decode(field, file));
        }
    }

    /** Looks for a mark. */
    @FunctionalInterface
    public interface Search {
        /** Returns what there is in a picture. */
        FoundMark in(Picture picture);
    }
}
