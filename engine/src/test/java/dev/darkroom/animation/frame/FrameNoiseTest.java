package dev.darkroom.animation.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.darkroom.animation.frame.FrameNoise.Kind;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the goldens do not have: sizes and settings at which the reference fails, and the limits. */
class FrameNoiseTest {
    private static final FrameNoise PERLIN = new FrameNoise(FrameNoise.Kind.PERLIN, 8, 8, 4, 0.5);

    @ParameterizedTest
    @EnumSource(Kind.class)
    void picturesOfAnySizeGetNoise(Kind kind) {
        var noise = new FrameNoise(kind, 5, 3, 3, 0.5);
        for (Size size : new Size[] {new Size(1, 1), new Size(63, 129), new Size(100, 40)}) {
            Picture noisy = noise.added(Picture.black(size), 0.5, 1);
            assertThat(noisy.size()).isEqualTo(size);
            assertThat(noisy.rgb()).isNotEqualTo(Picture.black(size).rgb());
        }
    }

    @Test
    void aSeedIsANoise() {
        Picture grey = Picture.black(new Size(64, 64));
        byte[] first = PERLIN.added(grey, 0.3, 7).rgb();
        assertThat(PERLIN.added(grey, 0.3, 7).rgb()).isEqualTo(first);
        assertThat(PERLIN.added(grey, 0.3, 8).rgb()).isNotEqualTo(first);
        assertThat(PERLIN.added(grey, 0, 8)).isSameAs(grey);
    }

    @Test
    void numbersOutOfRangeAreNamed() {
        Picture picture = Picture.black(new Size(64, 64));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PERLIN.added(picture, Double.NaN, 1))
                .withMessage("noise: must be from 0 to 1, not NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FrameNoise(Kind.PERLIN, 0, 8, 4, 0.5))
                .withMessage("perlin_w: must be from 1 to 2048, not 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FrameNoise(Kind.PERLIN, 8, 8, 12, 0.5))
                .withMessage("perlin_octaves: must leave at most 2048 cells a side in the last octave, not 16384");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FrameNoise(Kind.PERLIN, 8, 8, 4, Double.POSITIVE_INFINITY))
                .withMessage("perlin_persistence: must be from 0 to 10, not Infinity");
    }
}
