package dev.darkroom;

import dev.darkroom.image.PilResize;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;

/** Pictures that stand for larger ones. */
final class SmallPicture {
    private SmallPicture() {}

    /** Returns a picture with no side longer than so many pixels: the same one if it has none. */
    static Picture of(Picture picture, int longestSide) {
        double part = Math.min(1, (double) longestSide / Math.max(picture.width(), picture.height()));
        var size = new Size(Math.max(1, (int) (picture.width() * part)), Math.max(1, (int) (picture.height() * part)));
        return size.equals(picture.size()) ? picture : PilResize.LANCZOS.apply(picture, size);
    }
}
