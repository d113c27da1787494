package dev.darkroom.job;

import org.jspecify.annotations.Nullable;

/**
 * What a picture's file says of how the picture came about.
 *
 * @param credentials true if signed credentials are in it
 * @param mark true if a mark is in its pixels
 * @param label IPTC's word for it, such as {@code trainedAlgorithmicMedia}; null if the file has none
 */
public record Marks(
        boolean credentials, boolean mark, @Nullable String label) {}
