package dev.darkroom.animation.frame;

import dev.darkroom.job.Picture;

/** Gives a picture the colours of another one, so that an animation does not drift away from those that it began with. */
public final class ColorMatch {
    private ColorMatch() {}

    /** Matches the histogram of each channel of a colour space; the reference may be of another size. */
    public static Picture apply(Picture picture, Picture reference, ColorSpace space) {
        byte[] matched = HistogramMatch.apply(space.from(picture.rgb()), space.from(reference.rgb()));
        return new Picture(picture.width(), picture.height(), space.toRgb(matched, picture.width()));
    }
}
