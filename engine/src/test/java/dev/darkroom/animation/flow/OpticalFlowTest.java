package dev.darkroom.animation.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpticalFlowTest {
    @ParameterizedTest
    @CsvSource({"64, 64, 3, -2", "128, 96, 2.5, 1", "128, 128, -7, 4.5", "192, 192, 10, 4", "320, 208, 9, -6"})
    void whatWasShiftedIsFoundWithinHalfAPixel(int width, int height, double right, double down) {
        Picture first = Textures.shifted(width, height, 0, 0);
        Picture second = Textures.shifted(width, height, right, down);

        Flow flow = OpticalFlow.between(first, second);

        assertThat(errors(flow, right, down).max().orElseThrow()).isLessThan(0.5);
        Picture moved = flow.moved(first);
        assertThat(TestPictures.meanDifference(middle(moved), middle(second))).isLessThan(4);
        Picture back = flow.times(-1).moved(second);
        assertThat(TestPictures.meanDifference(middle(back), middle(first))).isLessThan(4);
    }

    /** Distances from the true shift, in the middle half. */
    private static DoubleStream errors(Flow flow, double right, double down) {
        int width = flow.size().width();
        int height = flow.size().height();
        return IntStream.range(height / 4, 3 * height / 4)
                .boxed()
                .flatMapToDouble(y -> IntStream.range(width / 4, 3 * width / 4)
                        .mapToDouble(x -> Math.hypot(flow.x()[y * width + x] - right, flow.y()[y * width + x] - down)));
    }

    private static Picture middle(Picture picture) {
        return picture.crop(new Size(picture.width() / 2, picture.height() / 2));
    }

    @Test
    void whatHasNotMovedHasNoFlow() {
        Picture grey = new Picture(96, 64, new byte[3 * 96 * 64]);
        Picture texture = Textures.shifted(96, 64, 0, 0);
        for (Picture picture : new Picture[] {grey, texture}) {
            Flow flow = OpticalFlow.between(picture, picture);
            assertThat(flow.x()).containsOnly(0);
            assertThat(flow.y()).containsOnly(0);
            assertThat(flow.moved(texture).rgb()).isEqualTo(texture.rgb());
        }
    }

    /** There is nothing to find between these, but some numbers must come of it. */
    @Test
    void picturesOfAnySizeAndWithoutAnythingInCommonHaveAFlow() {
        for (Size size : new Size[] {new Size(1, 1), new Size(16, 16), new Size(17, 64), new Size(2048, 16)}) {
            Picture noise = TestPictures.noise(1, size.width(), size.height());
            Flow flow = OpticalFlow.between(noise, TestPictures.noise(2, size.width(), size.height()));
            assertThat(Stream.of(flow.x(), flow.y())
                            .flatMapToDouble(
                                    values -> IntStream.range(0, values.length).mapToDouble(i -> values[i])))
                    .as("%s", size)
                    .allMatch(Double::isFinite);
            assertThat(flow.moved(noise).size()).isEqualTo(size);
            assertThat(OpticalFlow.between(Picture.black(size), noise).x()).hasSize(noise.rgb().length / 3);
        }
    }

    @Test
    void theSamePicturesHaveTheSameFlow() {
        Picture first = Textures.shifted(64, 64, 0, 0);
        Picture second = Textures.shifted(64, 64, 4, 3);
        Flow flow = OpticalFlow.between(first, second);

        assertThat(IntStream.range(0, 3).parallel().mapToObj(i -> OpticalFlow.between(first, second)))
                .allSatisfy(again -> {
                    assertThat(again.x()).isEqualTo(flow.x());
                    assertThat(again.y()).isEqualTo(flow.y());
                });
    }

    @Test
    void picturesAreMirroredBeyondTheirEdges() {
        Picture picture = new Picture(4, 1, new byte[] {10, 10, 10, 20, 20, 20, 30, 30, 30, 40, 40, 40});

        assertThat(reds(shift(4, 1).moved(picture))).containsExactly(20, 10, 20, 30);
        assertThat(reds(shift(4, -1.5f).moved(picture))).containsExactly(25, 35, 35, 25);
        assertThat(reds(shift(4, 600).moved(picture))).containsExactly(10, 20, 30, 40);
        assertThat(reds(shift(4, Float.NaN).moved(picture))).containsExactly(10, 20, 30, 40);
    }

    private static Flow shift(int width, float right) {
        Flow flow = Flow.none(new Size(width, 1));
        Arrays.fill(flow.x(), right);
        return flow;
    }

    private static int[] reds(Picture picture) {
        return IntStream.range(0, picture.width())
                .map(x -> picture.level(x, 0, 0))
                .toArray();
    }

    @Test
    void sizesMustBeTheSame() {
        Picture large = Picture.black(new Size(32, 32));
        Picture small = Picture.black(new Size(16, 16));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OpticalFlow.between(large, small))
                .withMessage("frames must be of one size, not 32x32 and 16x16");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Flow.none(new Size(32, 32)).moved(small))
                .withMessage("flow: of 32x32 for a picture of 16x16");
    }
}
