package dev.darkroom.store;

import dev.darkroom.job.Delivery;
import dev.darkroom.job.Picture;
import org.jspecify.annotations.Nullable;

/**
 * A finished picture and all that matters for handing it over.
 *
 * @param share of the answer's size that this picture may take inline, in bytes of base64
 * @param parameters what the picture was made from, to be written into its file; null for nothing
 */
public record Finished(
        ResultName name,
        Picture picture,
        long seed,
        Delivery delivery,
        long share,
        @Nullable String parameters) {
    /** An equal part of what an answer with several pictures may take. */
    public static long share(long mostInlineBytes, int count) {
        return mostInlineBytes / Math.max(1, count);
    }
}
