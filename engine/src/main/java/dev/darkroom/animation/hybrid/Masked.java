package dev.darkroom.animation.hybrid;

import dev.darkroom.job.Picture;

/** Lays pictures over each other, with the levels that Pillow gives. */
final class Masked {
    private Masked() {}

    /** The frame where the mask is white, the video where it is black. */
    static Picture of(Picture frame, Picture video, GreyLevels mask) {
        byte[] out = new byte[frame.rgb().length];
        for (int i = 0; i < out.length; i++) {
            int part = mask.level(i / 3);
            int sum = (frame.rgb()[i] & 0xFF) * part + (video.rgb()[i] & 0xFF) * (255 - part) + 128;
            out[i] = (byte) ((sum >> 8) + sum >> 8);
        }
        return new Picture(frame.width(), frame.height(), out);
    }

    /** Both added up, with a part of the second one from 0 to 1. */
    static Picture blended(Picture first, Picture second, double part) {
        byte[] out = new byte[first.rgb().length];
        for (int i = 0; i < out.length; i++) {
            out[i] = GreyLevels.blend(first.rgb()[i] & 0xFF, second.rgb()[i] & 0xFF, part);
        }
        return new Picture(first.width(), first.height(), out);
    }
}
