package dev.darkroom.image.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.darkroom.image.PilResize;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Picture;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DriftSearchTest {

    @ParameterizedTest
    @CsvSource({
        "house.png, 2.5, -1.5, 1.0, 1.0",
        "house.png, -1.2, 3.4, 1.012, 1.012",
        "cat.png, 0.8, 0.6, 0.985, 0.985",
        "car.png, -3.0, -2.0, 1.0, 1.02",
        "beach.png, 0, 0, 1.03, 1.03"
    })
    void aShiftAndAZoomAreFound(String file, double shiftX, double shiftY, double zoomX, double zoomY) {
        Picture source = TestPictures.payload(file);
        Picture result = drifted(source, new Drift(shiftX, shiftY, zoomX, zoomY));
        Drift found = DriftSearch.between(source, result).orElseThrow();
        assertThat(found.shiftX()).isCloseTo(shiftX, within(0.25));
        assertThat(found.shiftY()).isCloseTo(shiftY, within(0.25));
        assertThat(found.zoomX()).isCloseTo(zoomX, within(0.003));
        assertThat(found.zoomY()).isCloseTo(zoomY, within(0.003));
    }

    @Test
    void whatWasEditedDoesNotCount() {
        Picture source = TestPictures.payload("house.png");
        Picture edited = inverted(painted(source));
        Drift drift = new Drift(2.2, -1.4, 1.01, 1.01);
        Optional<Drift> found = DriftSearch.between(source, drifted(painted(source), drift));
        assertThat(found.orElseThrow().shiftX()).isCloseTo(2.2, within(0.3));
        assertThat(found.orElseThrow().shiftY()).isCloseTo(-1.4, within(0.3));
        assertThat(DriftSearch.between(source, edited)).as("nothing agrees").isEmpty();
    }

    @Test
    void undoingPutsEverythingBack() {
        Picture source = TestPictures.payload("house.png");
        Drift drift = new Drift(2.5, -1.5, 1.01, 1.01);
        Picture result = drifted(source, drift);
        assertThat(TestPictures.meanDifference(source, result)).isGreaterThan(4);
        assertThat(TestPictures.meanDifference(
                        source,
                        DriftSearch.between(source, result).orElseThrow().undo(result)))
                .isLessThan(2.5);
    }

    @Test
    void whatLiesInPlaceIsLeftAlone() {
        Picture source = TestPictures.payload("house.png");
        assertThat(DriftSearch.between(source, source)).isEmpty();
        assertThat(DriftSearch.between(source, drifted(source, new Drift(0.1, 0.1, 1, 1))))
                .isEmpty();
    }

    @Test
    void otherPicturesFlatOnesAndNoiseHaveNoDrift() {
        Picture source = TestPictures.payload("house.png");
        assertThat(DriftSearch.between(source, PilResize.LANCZOS.apply(TestPictures.payload("cat.png"), source.size())))
                .isEmpty();
        Picture flat = new Picture(source.width(), source.height(), new byte[source.rgb().length]);
        assertThat(DriftSearch.between(source, flat)).isEmpty();
        assertThat(DriftSearch.between(flat, flat)).isEmpty();
        assertThat(DriftSearch.between(source, TestPictures.noise(source.width(), source.height())))
                .isEmpty();
        Picture tiny = new Picture(64, 3, new byte[3 * 64 * 3]);
        assertThat(DriftSearch.between(source, tiny)).isEmpty();
    }

    /** A zoom that was asked for is no drift. */
    @Test
    void aFarMoveIsMeant() {
        Picture source = TestPictures.payload("house.png");
        assertThat(DriftSearch.between(source, drifted(source, new Drift(0, 0, 1.4, 1.4))))
                .isEmpty();
        assertThat(DriftSearch.between(source, drifted(source, new Drift(60, 0, 1, 1))))
                .isEmpty();
    }

    /** One thing before plain ground that moves, grows or changes its form does what it was told to. */
    @ParameterizedTest
    @CsvSource({
        "0, 0, 106, 106",
        "10, 0, 100, 100",
        "0, 0, 96, 90",
        "0, 0, 108, 108",
        "0, -12, 100, 100",
        "3, 2, 101, 101"
    })
    void aThingThatMovesIsNoDrift(int right, int down, int width, int height) {
        assertThat(DriftSearch.between(disc(0, 0, 100, 100), disc(right, down, width, height)))
                .isEmpty();
    }

    private static Picture disc(int right, int down, int width, int height) {
        byte[] rgb = new byte[3 * 256 * 256];
        for (int y = 0; y < 256; y++) {
            for (int x = 0; x < 256; x++) {
                double u = (x - 128.0 - right) / (width / 2.0);
                double v = (y - 128.0 - down) / (height / 2.0);
                rgb[3 * (y * 256 + x)] = (byte) (u * u + v * v < 1 ? 220 : 240);
                rgb[3 * (y * 256 + x) + 1] = (byte) (u * u + v * v < 1 ? 20 : 240);
                rgb[3 * (y * 256 + x) + 2] = (byte) (u * u + v * v < 1 ? 30 : 240);
            }
        }
        return new Picture(256, 256, rgb);
    }

    /** The picture as it would come out of an edit that drifts so: the inverse of undoing. */
    private static Picture drifted(Picture picture, Drift drift) {
        return new Drift(
                        -drift.shiftX() / drift.zoomX(),
                        -drift.shiftY() / drift.zoomY(),
                        1 / drift.zoomX(),
                        1 / drift.zoomY())
                .undo(picture);
    }

    /** A third of it in another colour and texture. */
    private static Picture painted(Picture picture) {
        byte[] rgb = picture.rgb().clone();
        for (int y = picture.height() / 3; y < 2 * picture.height() / 3; y++) {
            for (int x = 0; x < picture.width(); x++) {
                int at = 3 * (y * picture.width() + x);
                rgb[at] = (byte) (x * 7);
                rgb[at + 1] = (byte) (y * 5);
                rgb[at + 2] = (byte) 200;
            }
        }
        return new Picture(picture.width(), picture.height(), rgb);
    }

    private static Picture inverted(Picture picture) {
        byte[] rgb = picture.rgb().clone();
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (255 - (rgb[i] & 0xFF));
        }
        return new Picture(picture.width(), picture.height(), rgb);
    }
}
