package dev.darkroom.animation.frame;

import dev.darkroom.animation.warp.Range;
import dev.darkroom.job.Picture;

/** Blends two pictures, for frames between two that were drawn. */
public final class Blend {
    private Blend() {}

    /**
     * Blends level by level, {@code before · (1 − part) + after · part}, rounded half to even.
     *
     * @param part of the later picture, 0…1
     * @throws IllegalArgumentException if the sizes differ, or {@code part} is out of its range
     */
    public static Picture of(Picture before, Picture after, double part) {
        Range.within("part", part, 0, 1);
        if (!before.size().equals(after.size())) {
            throw new IllegalArgumentException(
                    "frames must be of one size, not " + before.size() + " and " + after.size());
        }
        byte[] out = new byte[after.rgb().length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (byte) Math.rint((before.rgb()[i] & 0xFF) * (1 - part) + (after.rgb()[i] & 0xFF) * part);
        }
        return new Picture(after.width(), after.height(), out);
    }
}
