package dev.darkroom.animation.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.darkroom.animation.flow.WholeMotion.Kind;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class WholeMotionTest {
    @ParameterizedTest
    @CsvSource({"128, 96, 7, -4, 0, 1", "160, 160, 2.5, 3, 6, 1.05", "544, 160, 24, 8, -5, 0.95"})
    void shiftTurnAndScaleAreFound(int width, int height, double right, double down, double degrees, double scale) {
        double a = scale * Math.cos(Math.toRadians(degrees));
        double b = scale * Math.sin(Math.toRadians(degrees));
        Picture first = Textures.shifted(width, height, 0, 0);
        Picture second = Textures.of(width, height, (x, y) -> {
            double toX = x - width / 2.0 - right;
            double toY = y - height / 2.0 - down;
            return new double[] {
                width / 2.0 + (a * toX + b * toY) / (scale * scale),
                height / 2.0 + (a * toY - b * toX) / (scale * scale)
            };
        });
        for (Kind kind : Kind.values()) {
            WholeMotion motion = WholeMotion.between(first, second, kind);

            assertAt(motion, width / 2.0, height / 2.0, width / 2.0 + right, height / 2.0 + down, 0.5);
            assertAt(
                    motion,
                    width / 2.0 + 30,
                    height / 2.0,
                    width / 2.0 + right + 30 * a,
                    height / 2.0 + down + 30 * b,
                    0.7);
            assertThat(TestPictures.meanDifference(middle(motion.moved(first)), middle(second)))
                    .isLessThan(5);
        }
    }

    @Test
    void perspectiveIsFound() {
        Picture first = Textures.shifted(192, 192, 0, 0);
        Picture second = Textures.of(192, 192, (x, y) -> {
            double w = 1 + 0.0006 * x - 0.0004 * y;
            return new double[] {(x + 3) / w, (y - 2) / w};
        });

        WholeMotion motion = WholeMotion.between(first, second, Kind.PERSPECTIVE);

        assertThat(TestPictures.meanDifference(middle(motion.moved(first)), middle(second)))
                .isLessThan(4);
    }

    private static void assertAt(WholeMotion motion, double x, double y, double toX, double toY, double distance) {
        double[] m = motion.matrix().values();
        double w = m[6] * x + m[7] * y + m[8];
        assertThat((m[0] * x + m[1] * y + m[2]) / w).isCloseTo(toX, within(distance));
        assertThat((m[3] * x + m[4] * y + m[5]) / w).isCloseTo(toY, within(distance));
    }

    private static Picture middle(Picture picture) {
        return picture.crop(new Size(picture.width() / 2, picture.height() / 2));
    }

    @ParameterizedTest
    @EnumSource
    void picturesWithTooLittleInCommonDoNotMove(Kind kind) {
        Picture texture = Textures.shifted(96, 96, 0, 0);
        for (Picture other : new Picture[] {
            Picture.black(texture.size()), TestPictures.gradient(96, 96), TestPictures.noise(3, 96, 96)
        }) {
            assertThat(WholeMotion.between(texture, other, kind)).isSameAs(WholeMotion.NONE);
        }
        for (Size size :
                new Size[] {new Size(1, 1), new Size(16, 16), new Size(32, 32), new Size(64, 64), new Size(2048, 16)}) {
            Picture noise = TestPictures.noise(1, size.width(), size.height());
            assertThat(WholeMotion.between(noise, Picture.black(size), kind)).isSameAs(WholeMotion.NONE);
        }
        assertThat(WholeMotion.NONE.moved(texture).rgb()).isEqualTo(texture.rgb());
    }

    @Test
    void thereIsOneMotionBetweenTwoPictures() {
        Picture first = Textures.shifted(96, 96, 0, 0);
        Picture second = Textures.shifted(96, 96, 5, 2);
        double[] once =
                WholeMotion.between(first, second, Kind.PERSPECTIVE).matrix().values();

        assertThat(WholeMotion.between(first, second, Kind.PERSPECTIVE).matrix().values())
                .isEqualTo(once);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WholeMotion.between(first, Picture.black(new Size(8, 8)), Kind.SIMILARITY))
                .withMessage("frames must be of one size, not 96x96 and 8x8");
    }
}
