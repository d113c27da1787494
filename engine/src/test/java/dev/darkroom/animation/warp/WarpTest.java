package dev.darkroom.animation.warp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which way a picture moves, and what it shows from beyond its edge. Numbers are compared by the goldens. */
class WarpTest {
    private static final Size SIZE = new Size(41, 31);
    private static final Warp WARP =
            new Warp(PlaneBorder.REPLICATE, PlanePlaces.TRUE, SpaceBorder.BORDER, Interpolation.BILINEAR, Device.CPU);

    /** A white spot of 3×3 pixels before black. */
    private static Picture spot(int x, int y) {
        Picture picture = Picture.black(SIZE);
        for (int dy = -1; dy <= 1; dy++) {
            for (int dx = -1; dx <= 1; dx++) {
                for (int channel = 0; channel < 3; channel++) {
                    picture.rgb()[3 * ((y + dy) * SIZE.width() + x + dx) + channel] = (byte) 255;
                }
            }
        }
        return picture;
    }

    private static Picture ramp() {
        Picture picture = Picture.black(SIZE);
        for (int i = 0; i < picture.rgb().length; i++) {
            picture.rgb()[i] = (byte) (i * 7);
        }
        return picture;
    }

    /** Where the light of a picture is, on the whole. */
    private static double[] centre(Picture picture) {
        double sum = 0;
        double x = 0;
        double y = 0;
        for (int row = 0; row < picture.height(); row++) {
            for (int column = 0; column < picture.width(); column++) {
                int level = picture.level(column, row, 1);
                sum += level;
                x += level * column;
                y += level * row;
            }
        }
        return new double[] {x / sum, y / sum};
    }

    private static double[] moved(Motion motion, int x, int y) {
        return centre(WARP.apply(spot(x, y), motion, null));
    }

    private static PlaneMotion plane(double angle, double zoom, double x, double y) {
        return new PlaneMotion(angle, zoom, x, y, 0.5, 0.5, null);
    }

    private static SpaceMotion space(double x, double y, double z, double rx, double ry, double rz) {
        return new SpaceMotion(x, y, z, rx, ry, rz, 70, 1, null);
    }

    @ParameterizedTest
    @CsvSource({"REPLICATE, TRUE", "REPLICATE, OPENCV", "WRAP, TRUE", "WRAP, OPENCV"})
    void noMotionChangesNothing(PlaneBorder border, PlanePlaces places) {
        var warp = new Warp(border, places, SpaceBorder.BORDER, Interpolation.BICUBIC, Device.CPU);
        assertThat(warp.apply(ramp(), PlaneMotion.NONE, null).rgb()).isEqualTo(ramp().rgb());
    }

    @Test
    void inItsPlaneAPictureMovesRightAndDownTurnsCounterClockwiseAndGrows() {
        assertThat(moved(plane(0, 1, 4, 0), 20, 15)).containsExactly(24, 15);
        assertThat(moved(plane(0, 1, 0, 4), 20, 15)).containsExactly(20, 19);
        assertThat(moved(plane(90, 1, 0, 0), 30, 15)[1]).isLessThan(10);
        assertThat(moved(plane(0, 1.5, 0, 0), 26, 15)[0]).isGreaterThan(28);
    }

    @Test
    void aCameraInSpaceMovesThePictureAsTheReferenceSays() {
        assertThat(moved(space(20, 0, 0, 0, 0, 0), 20, 15)[0]).isLessThan(19);
        assertThat(moved(space(0, 20, 0, 0, 0, 0), 20, 15)[1]).isGreaterThan(16);
        assertThat(moved(space(0, 0, 60, 0, 0, 0), 30, 15)[0]).isGreaterThan(31);
        assertThat(moved(space(0, 0, 0, 5, 0, 0), 20, 15)[1]).isGreaterThan(15.5);
        assertThat(moved(space(0, 0, 0, 0, 5, 0), 20, 15)[0]).isLessThan(19.5);
        assertThat(moved(space(0, 0, 0, 0, 0, 10), 30, 15)[1]).isLessThan(14.5);
    }

    @Test
    void whatIsNearMovesFarther() {
        float[] depth = new float[(int) SIZE.area()];
        Arrays.fill(depth, 0, depth.length / 2, 1);
        DepthMap nearAbove = DepthMap.ofNearness(SIZE, depth);
        SpaceMotion motion = space(40, 0, 0, 0, 0, 0);

        double near = centre(WARP.apply(spot(30, 5), motion, nearAbove))[0];
        double far = centre(WARP.apply(spot(30, 25), motion, nearAbove))[0];

        assertThat(near).isLessThan(far - 1);
    }

    @Test
    void beyondTheEdgeItsPixelsGoOnOrThePictureBeginsAgain() {
        Picture picture = ramp();
        Motion motion = plane(0, 1, 5, 0);
        var wrap = new Warp(PlaneBorder.WRAP, PlanePlaces.TRUE, SpaceBorder.BORDER, Interpolation.BILINEAR, Device.CPU);

        assertThat(WARP.apply(picture, motion, null).level(2, 7, 0)).isEqualTo(picture.level(0, 7, 0));
        assertThat(wrap.apply(picture, motion, null).level(2, 7, 0)).isEqualTo(picture.level(SIZE.width() - 3, 7, 0));
    }

    /** A band is 2^18 pixels: this picture has three. */
    @Test
    void bandsLeaveNoSeam() {
        var size = new Size(1 << 9, 3 << 9);
        Picture picture = Picture.black(size);
        for (int y = 0; y < size.height(); y++) {
            for (int x = 0; x < 3 * size.width(); x++) {
                picture.rgb()[3 * size.width() * y + x] = (byte) (y / 8);
            }
        }
        for (Motion motion : new Motion[] {plane(0, 1, 0, 2.5), space(0, 1, 0, 0, 0, 0)}) {
            Picture moved = WARP.apply(picture, motion, null);
            for (int y = 1; y < size.height(); y++) {
                assertThat(moved.level(100, y, 0) - moved.level(100, y - 1, 0)).isBetween(0, 1);
            }
        }
    }

    @Test
    void aPictureOfOnePixelStaysOne() {
        Picture pixel = new Picture(1, 1, new byte[] {10, 20, 30});
        assertThat(WARP.apply(pixel, plane(30, 2, 1, 1), null).rgb()).isEqualTo(pixel.rgb());
        assertThat(WARP.apply(pixel, space(1, 1, 1, 1, 1, 1), null).size()).isEqualTo(pixel.size());
    }

    /** The camera goes through the picture: what it divides by is 0, or points behind it. */
    @Test
    void aCameraBehindThePictureStillGivesOne() {
        for (double z : new double[] {200, 199.99999, 1000, -1e6, 1e6}) {
            assertThat(WARP.apply(ramp(), space(5, 5, z, 0, 90, 3), null).size())
                    .isEqualTo(SIZE);
        }
    }

    /** A hundredth of a pixel is nearer to none than to one of 32 parts. */
    @Test
    void slowMotionIsSeenAtTruePlacesOnly() {
        var opencv = new Warp(
                PlaneBorder.REPLICATE, PlanePlaces.OPENCV, SpaceBorder.BORDER, Interpolation.BILINEAR, Device.CPU);
        Picture spot = spot(20, 15);
        PlaneMotion slow = plane(0, 1, 0.01, 0);

        assertThat(opencv.apply(spot, slow, null).rgb()).isEqualTo(spot.rgb());
        assertThat(WARP.apply(spot, slow, null).rgb()).isNotEqualTo(spot.rgb());
    }

    @Test
    void aFlipTurnsThePictureBeforeTheCameraMoves() {
        var flip = new PerspectiveFlip(0, 40, 0, 53);
        Picture alone = WARP.apply(ramp(), new PlaneMotion(0, 1, 0, 0, 0.5, 0.5, flip), null);
        Picture lost = WARP.apply(ramp(), new PlaneMotion(0, 1, 9, 9, 0.5, 0.5, flip), null);
        var motion = new SpaceMotion(0, 10, 5, 0, 0, 2, 70, 1, flip);

        assertThat(lost.rgb()).as("the reference loses the shift").isEqualTo(alone.rgb());
        assertThat(WARP.apply(ramp(), motion, null).rgb())
                .isEqualTo(WARP.apply(alone, space(0, 10, 5, 0, 0, 2), null).rgb());
    }

    @Test
    void aPictureThatWouldVanishIsRefused() {
        var onEdge = new PlaneMotion(0, 1, 0, 0, 0.5, 0.5, new PerspectiveFlip(0, 90, 0, 53));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WARP.apply(ramp(), onEdge, null))
                .withMessageStartingWith("perspective_flip_phi and perspective_flip_gamma: must not turn the picture");
    }

    @Test
    void depthOfAnotherSizeIsRefused() {
        var depth = new DepthMap(new Size(2, 1), new float[] {1, 1});
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WARP.apply(ramp(), space(0, 0, 0, 0, 0, 0), depth))
                .withMessage("depth: must be of 41x31, not of 2x1");
    }

    @Test
    void nothingIsLeftInNativeMemory() {
        long before = Scope.liveTensors();
        WARP.apply(ramp(), plane(3, 1.1, 0, 0), null);
        WARP.apply(ramp(), space(0, 0, 5, 0, 0, 0), null);
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }
}
