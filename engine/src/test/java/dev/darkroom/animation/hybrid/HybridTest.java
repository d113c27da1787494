package dev.darkroom.animation.hybrid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.darkroom.animation.flow.Textures;
import dev.darkroom.animation.hybrid.CompositeMask.Equalizing;
import dev.darkroom.animation.hybrid.CompositeMask.Type;
import dev.darkroom.animation.warp.DepthMap;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HybridTest {
    private static final Size SIZE = new Size(96, 96);
    private static final Picture FRAME = TestPictures.gradient(96, 96);
    private static final Picture VIDEO = Textures.shifted(96, 96, 0, 0);
    private static final Picture MOVED = Textures.shifted(96, 96, 6, -4);

    @Test
    void alphaIsHowMuchTheVideoCovers() {
        var none = mask(Type.NONE, false);

        assertThat(laid(0, none).rgb()).isEqualTo(FRAME.rgb());
        assertThat(laid(1, none).rgb()).isEqualTo(VIDEO.rgb());
        Picture half = laid(0.5, none);
        for (int i = 0; i < half.rgb().length; i++) {
            int sum = (FRAME.rgb()[i] & 0xFF) + (VIDEO.rgb()[i] & 0xFF);
            assertThat(half.rgb()[i] & 0xFF).isEqualTo(sum / 2);
        }
    }

    private static Picture laid(double alpha, CompositeMask mask) {
        return hybrid(CompositeTime.NORMAL, alpha, mask, HybridMotion.NONE).before(FRAME, VIDEO, VIDEO, 1);
    }

    @Test
    void theVideoComesThroughWhereTheMaskIsBlack() {
        byte[] halves = new byte[96 * 96];
        Arrays.fill(halves, 0, halves.length / 2, (byte) 255);
        Picture masked = Masked.of(FRAME, VIDEO, new GreyLevels(SIZE, halves));

        int middle = 3 * halves.length / 2;
        assertThat(Arrays.copyOf(masked.rgb(), middle)).isEqualTo(Arrays.copyOf(FRAME.rgb(), middle));
        assertThat(Arrays.copyOfRange(masked.rgb(), middle, 2 * middle))
                .isEqualTo(Arrays.copyOfRange(VIDEO.rgb(), middle, 2 * middle));
    }

    /** Equal pictures do not differ: their mask is black, and inverted it is white. */
    @Test
    void aMaskOfDifferencesKeepsTheFrameWhereBothDiffer() {
        assertThat(Masked.of(VIDEO, VIDEO, GreyLevels.of(VIDEO).difference(GreyLevels.of(VIDEO)))
                        .rgb())
                .isEqualTo(VIDEO.rgb());
        Picture black = Picture.black(SIZE);
        Picture white = TestPictures.noise(1, 96, 96);
        Arrays.fill(white.rgb(), (byte) 255);
        Hybrid plain = hybrid(CompositeTime.NORMAL, 1, mask(Type.DIFFERENCE, false), HybridMotion.NONE);
        Hybrid inverted = hybrid(CompositeTime.NORMAL, 1, mask(Type.DIFFERENCE, true), HybridMotion.NONE);

        assertThat(plain.before(black, white, white, 1).rgb()).isEqualTo(black.rgb());
        assertThat(inverted.before(black, white, white, 1).rgb()).isEqualTo(white.rgb());
    }

    @Test
    void aMaskOfBothPicturesIsTheirGrey() {
        GreyLevels blend = GreyLevels.of(FRAME).blended(GreyLevels.of(VIDEO), 0.25);
        CompositeMask mask =
                new CompositeMask(Type.BLEND, false, Equalizing.NONE, false, all(0.25), all(1), all(0), all(100));

        assertThat(laid(1, mask).rgb()).isEqualTo(Masked.of(FRAME, VIDEO, blend).rgb());
    }

    @Test
    void aMaskOfDepthLetsTheVideoThroughWhereItIsFar() {
        float[] nearness = new float[96 * 96];
        for (int i = 0; i < nearness.length; i++) {
            nearness[i] = i; // nearer from row to row
        }
        DepthMap depth = DepthMap.ofNearness(SIZE, nearness);
        for (Type type : List.of(Type.DEPTH, Type.VIDEO_DEPTH)) {
            Picture asked = type == Type.DEPTH ? FRAME : VIDEO;
            var settings = new HybridSettings(
                    CompositeTime.NORMAL, all(1), mask(type, false), HybridMotion.NONE, false, null, all(1));
            assertThat(settings.takesDepth()).isTrue();
            Picture seen = new Hybrid(settings, picture -> {
                        assertThat(picture).isSameAs(asked);
                        return depth;
                    })
                    .before(FRAME, VIDEO, VIDEO, 1);

            assertThat(seen.level(0, 0, 0)).isEqualTo(VIDEO.level(0, 0, 0));
            assertThat(seen.level(95, 95, 0)).isEqualTo(FRAME.level(95, 95, 0));
            assertThat(laid(1, mask(type, false)).rgb()).as("flat").isEqualTo(VIDEO.rgb());
        }
    }

    @Test
    void framesMoveAsTheVideoDoes() {
        for (HybridMotion motion : List.of(HybridMotion.OPTICAL_FLOW, HybridMotion.AFFINE, HybridMotion.PERSPECTIVE)) {
            Hybrid hybrid = hybrid(CompositeTime.NONE, 1, mask(Type.NONE, false), motion);
            Picture followed = hybrid.before(FRAME, VIDEO, MOVED, 1);

            for (int[] place : new int[][] {{30, 60}, {48, 48}, {60, 30}}) {
                for (int channel = 0; channel < 3; channel++) {
                    assertThat(Math.abs(followed.level(place[0] + 6, place[1] - 4, channel)
                                    - FRAME.level(place[0], place[1], channel)))
                            .as("%s at %d, %d", motion, place[0], place[1])
                            .isLessThan(4);
                }
            }
            assertThat(hybrid.before(FRAME, null, MOVED, 1))
                    .as("without a video's frame before")
                    .isSameAs(FRAME);
        }
    }

    @Test
    void theFactorOfAFlowIsHowFarFramesFollow() {
        var settings = new HybridSettings(
                CompositeTime.NONE,
                all(1),
                mask(Type.NONE, false),
                HybridMotion.OPTICAL_FLOW,
                false,
                null,
                new double[] {1, 0, 0.5});
        var hybrid = new Hybrid(settings, picture -> null);

        assertThat(hybrid.before(VIDEO, VIDEO, MOVED, 1).rgb()).isEqualTo(VIDEO.rgb());
        Picture half = Textures.shifted(96, 96, 3, -2);
        for (int frame : new int[] {2, 3}) {
            assertThat(TestPictures.meanDifference(middle(hybrid.before(VIDEO, VIDEO, MOVED, frame)), middle(half)))
                    .isLessThan(3);
        }
    }

    @Test
    void motionMayGoFromTheFrameBeforeToTheVideo() {
        var settings = new HybridSettings(
                CompositeTime.NONE, all(1), mask(Type.NONE, false), HybridMotion.AFFINE, true, null, all(1));

        Picture followed = new Hybrid(settings, picture -> null).before(VIDEO, null, MOVED, 1);

        assertThat(TestPictures.meanDifference(middle(followed), middle(MOVED))).isLessThan(3);
    }

    private static Picture middle(Picture picture) {
        return picture.crop(new Size(48, 48));
    }

    @ParameterizedTest
    @EnumSource
    void theVideoIsLaidOverOnceAtItsTime(CompositeTime time) {
        Hybrid hybrid = hybrid(time, 1, mask(Type.NONE, false), HybridMotion.AFFINE);
        Picture before = hybrid.before(FRAME, VIDEO, MOVED, 1);
        Picture after = hybrid.after(FRAME, MOVED, 1);

        switch (time) {
            case NORMAL -> assertThat(before.rgb()).isEqualTo(MOVED.rgb());
            case BEFORE_MOTION ->
                assertThat(before.rgb())
                        .isEqualTo(hybrid.motion(FRAME, VIDEO, MOVED, 1)
                                .apply(MOVED)
                                .rgb());
            case NONE, AFTER_GENERATION ->
                assertThat(before.rgb())
                        .isEqualTo(hybrid.motion(FRAME, VIDEO, MOVED, 1)
                                .apply(FRAME)
                                .rgb());
        }
        assertThat(after).isSameAs(time == CompositeTime.AFTER_GENERATION ? after : FRAME);
        assertThat(after.rgb()).isEqualTo((time == CompositeTime.AFTER_GENERATION ? MOVED : FRAME).rgb());
        assertThat(hybrid.after(FRAME, MOVED, 0)).as("the first frame").isSameAs(FRAME);
    }

    @Test
    void sizesMustBeTheSame() {
        Picture small = Picture.black(new Size(64, 64));
        Hybrid hybrid = hybrid(CompositeTime.NORMAL, 1, mask(Type.NONE, false), HybridMotion.NONE);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> hybrid.before(FRAME, small, small, 1))
                .withMessage("frames must be of one size, not 96x96 and 64x64");
    }

    private static Hybrid hybrid(CompositeTime time, double alpha, CompositeMask mask, HybridMotion motion) {
        return new Hybrid(new HybridSettings(time, all(alpha), mask, motion, false, null, all(1)), picture -> null);
    }

    private static CompositeMask mask(Type type, boolean isInverted) {
        return new CompositeMask(type, isInverted, Equalizing.NONE, false, all(0.5), all(1), all(0), all(100));
    }

    private static double[] all(double value) {
        return new double[] {value};
    }
}
