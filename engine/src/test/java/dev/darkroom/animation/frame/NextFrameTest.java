package dev.darkroom.animation.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.darkroom.animation.warp.Interpolation;
import dev.darkroom.animation.warp.PlaneBorder;
import dev.darkroom.animation.warp.PlaneMotion;
import dev.darkroom.animation.warp.PlanePlaces;
import dev.darkroom.animation.warp.SpaceBorder;
import dev.darkroom.animation.warp.Warp;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.tensor.Device;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whose colours frames keep, and single operations at their limits; their order is compared by the golden of a whole animation. */
class NextFrameTest {
    private static final FrameNoise NOISE = new FrameNoise(FrameNoise.Kind.PERLIN, 8, 8, 4, 0.5);
    private static final Warp WARP =
            new Warp(PlaneBorder.REPLICATE, PlanePlaces.TRUE, SpaceBorder.BORDER, Interpolation.BICUBIC, Device.CPU);
    private static final FrameNumbers STILL = new FrameNumbers(PlaneMotion.NONE, 1, Sharpening.NONE, 0);

    private static Picture plain(int level) {
        byte[] rgb = new byte[3 * 64];
        Arrays.fill(rgb, (byte) level);
        return new Picture(8, 8, rgb);
    }

    private static NextFrame next(@Nullable Picture reference) {
        return new NextFrame(WARP, NOISE, ColorSpace.RGB, false, null, reference);
    }

    @Test
    void framesKeepTheColoursOfTheFirstThatWasDrawn() {
        NextFrame next = next(null);
        assertThat(next.reference()).isEmpty();
        assertThat(next.drawn(plain(50)).rgb()).containsOnly(50);
        assertThat(next.start(plain(90), STILL, null, 1).rgb()).containsOnly(50);
        assertThat(next.drawn(plain(120)).rgb()).containsOnly(50);
        assertThat(next.reference().orElseThrow().rgb()).containsOnly(50);
    }

    @Test
    void framesKeepTheColoursOfThePictureThatTheFirstWasDrawnFrom() {
        NextFrame next = next(null);
        assertThat(next.start(plain(90), STILL, null, 1).rgb()).containsOnly(90);
        assertThat(next.drawn(plain(50)).rgb()).containsOnly(90);
    }

    @Test
    void framesKeepTheColoursOfAGivenPicture() {
        NextFrame next = next(new Picture(1, 1, new byte[] {10, 20, 30}));
        assertThat(next.drawn(plain(50)).rgb()).startsWith(10, 20, 30).endsWith(10, 20, 30);
        next.keepColoursOf(plain(7));
        assertThat(next.drawn(plain(50)).rgb()).containsOnly(7);
    }

    @Test
    void withoutCoherenceColoursMayDrift() {
        var next = new NextFrame(WARP, NOISE, null, false, null, null);
        assertThat(next.drawn(plain(50)).rgb()).containsOnly(50);
        assertThat(next.drawn(plain(60)).rgb()).containsOnly(60);
        assertThat(next.reference()).isEmpty();
    }

    @Test
    void greyFramesHaveNoColour() {
        var next = new NextFrame(WARP, NOISE, null, true, null, null);
        Picture red = new Picture(1, 1, new byte[] {(byte) 255, 0, 0});
        assertThat(next.drawn(red).rgb()).containsExactly(76, 76, 76);
        assertThat(next.start(red, STILL, null, 1).rgb()).containsExactly(76, 76, 76);
    }

    @Test
    void contrastStopsAtWhite() {
        assertThat(Levels.contrast(plain(200), 1.5).level(0, 0, 0)).isEqualTo(255);
        assertThat(Levels.contrast(plain(3), 0.5).level(0, 0, 0)).isEqualTo(2);
    }

    @Test
    void evenGroundIsNotSharpened() {
        for (int kernel : new int[] {1, 3, 5, 9, 31}) {
            assertThat(new Sharpening(kernel, 0, 2, 0).apply(plain(100)).rgb()).containsOnly(100);
        }
        Picture pixel = new Picture(1, 1, new byte[] {10, 20, 30});
        assertThat(new Sharpening(5, 1, 2, 0).apply(pixel).rgb()).isEqualTo(pixel.rgb());
        assertThat(new Sharpening(5, 1, -1, 0).apply(pixel)).isSameAs(pixel);
    }

    @Test
    void kernelsAddUpToOne() {
        for (int size = 1; size < 60; size += 2) {
            for (double sigma : new double[] {0, 0.1, 1, 3.3, 1000}) {
                assertThat(GaussianBlur.kernel(size, sigma)).hasSize(size);
                assertThat(Arrays.stream(GaussianBlur.kernel(size, sigma)).sum())
                        .isEqualTo(256);
            }
        }
    }

    /** Eight bits of a and b are few for dark channels of strong colours. */
    @Test
    void coloursComeBackFromHsvAndLabAboutAsTheyWere() {
        byte[] colours = new byte[3 * 17 * 17 * 17];
        for (int i = 0; i < colours.length; i++) {
            int number = i / 3;
            colours[i] = (byte)
                    Math.min(255, 16 * (i % 3 == 0 ? number / 289 : i % 3 == 1 ? number / 17 % 17 : number % 17));
        }
        for (ColorSpace space : ColorSpace.values()) {
            byte[] back = space.toRgb(space.from(colours), 17);
            for (int i = 0; i < back.length; i++) {
                assertThat(Math.abs((back[i] & 0xFF) - (colours[i] & 0xFF)))
                        .as(space + " " + i)
                        .isLessThan(24);
            }
        }
    }

    @Test
    void numbersOutOfRangeAreNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FrameNumbers(PlaneMotion.NONE, Double.NaN, Sharpening.NONE, 0))
                .withMessage("contrast: must be from 0 to 100, not NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FrameNumbers(PlaneMotion.NONE, 1, Sharpening.NONE, 1.5))
                .withMessage("noise: must be from 0 to 1, not 1.5");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Sharpening(4, 1, 1, 0))
                .withMessage("kernel: must be odd, not 4");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Sharpening(5, -1, 1, 0))
                .withMessage("sigma: must be from 0 to 1000, not -1");
    }

    @Test
    void framesOfTwoSizesDoNotBlend() {
        assertThat(Blend.of(plain(10), plain(20), 0.25).rgb()).containsOnly(12);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Blend.of(plain(1), Picture.black(new Size(8, 9)), 0.5))
                .withMessage("frames must be of one size, not 8x8 and 8x9");
    }
}
