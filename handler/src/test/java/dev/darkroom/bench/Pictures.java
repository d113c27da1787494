package dev.darkroom.bench;

import dev.darkroom.job.Picture;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Pictures that nobody has seen. */
final class Pictures {
    private Pictures() {}

    static Picture noise(long seed, int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        new Random(seed).nextBytes(rgb);
        return new Picture(width, height, rgb);
    }

    static List<Picture> squares(int count, int side) {
        List<Picture> pictures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pictures.add(noise(i, side, side));
        }
        return pictures;
    }
}
