package dev.darkroom.animation.hybrid;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Levels by hand: what Pillow's own functions give for the same ones. */
class GreyLevelsTest {
    @Test
    void greyIsLumaInFixedPoint() {
        Picture picture = new Picture(3, 1, new byte[] {-1, 0, 0, 0, -1, 0, 10, 20, 30});

        assertThat(levels(GreyLevels.of(picture))).containsExactly(76, 150, 18);
    }

    @Test
    void blendsAreCutOff() {
        assertThat(levels(grey(0, 100, 255).blended(grey(3, 0, 0), 0.5))).containsExactly(1, 50, 127);
        assertThat(levels(grey(0, 100, 255).difference(grey(3, 0, 255)))).containsExactly(3, 100, 0);
        assertThat(levels(grey(0, 100, 255).inverted())).containsExactly(255, 155, 0);
    }

    @Test
    void contrastGoesFromTheMean() {
        assertThat(levels(grey(50, 100, 150).contrasted(2))).containsExactly(0, 100, 200);
        assertThat(levels(grey(50, 100, 151).contrasted(0))).containsExactly(100, 100, 100);
        assertThat(levels(grey(0, 0, 255).contrasted(100))).containsExactly(0, 0, 255);
    }

    @Test
    void percentilesBecomeBlackAndWhite() {
        assertThat(levels(grey(50, 100, 150).stretched(0, 100))).containsExactly(0, 127, 255);
        assertThat(levels(grey(50, 100, 150, 200, 250).stretched(25, 75))).containsExactly(0, 0, 127, 255, 255);
        assertThat(levels(grey(50, 60).stretched(0, 50))).containsExactly(0, 255);
        assertThat(levels(grey(70, 70).stretched(0, 100))).containsExactly(70, 70);
    }

    @Test
    void equalizingSpreadsLevels() {
        int[] dark = IntStream.range(0, 1024).map(i -> i / 16).toArray();
        int[] spread = levels(grey(dark).equalized());

        assertThat(spread[0]).isZero();
        assertThat(spread[1023]).isGreaterThan(240);
        assertThat(spread).isSorted();
        assertThat(levels(grey(7, 7, 7).equalized())).containsOnly(7);
        assertThat(levels(grey(1, 2, 3).equalized())).as("too few pixels").containsExactly(1, 2, 3);
    }

    private static GreyLevels grey(int... levels) {
        byte[] bytes = new byte[levels.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) levels[i];
        }
        return new GreyLevels(new Size(levels.length, 1), bytes);
    }

    private static int[] levels(GreyLevels grey) {
        return IntStream.range(0, grey.levels().length).map(grey::level).toArray();
    }
}
