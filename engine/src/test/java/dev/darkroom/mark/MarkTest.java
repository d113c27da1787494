package dev.darkroom.mark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A small sample of what {@code make bench ONLY=mark} measures. */
class MarkTest {
    private static final Payload PAYLOAD = new Payload(1, 4711, 123_456_789_012L % (1L << 36));
    private static final Size SIZE = new Size(320, 288);
    private static final Picture MARKED = Mark.embed(Scenes.scene(7, SIZE, 1), PAYLOAD);

    @TestFactory
    Stream<DynamicTest> isReadAfter() {
        return Change.ALL.stream()
                .filter(Change::bar)
                .map(change -> DynamicTest.dynamicTest(
                        change.name(),
                        () -> assertThat(MarkReader.read(change.apply(MARKED)).map(Found::payload))
                                .contains(PAYLOAD)));
    }

    @TestFactory
    Stream<DynamicTest> hidesIn() {
        return IntStream.range(0, Scenes.KINDS)
                .mapToObj(kind -> DynamicTest.dynamicTest("scene " + kind, () -> {
                    Picture plain = Scenes.scene(kind, new Size(256, 256), kind);
                    Picture marked = Mark.embed(plain, PAYLOAD);
                    assertThat(Quality.psnr(plain, marked)).isGreaterThan(42);
                    assertThat(Quality.ssim(plain, marked)).isGreaterThan(0.99);
                    assertThat(MarkReader.read(marked).map(Found::payload)).contains(PAYLOAD);
                }));
    }

    @Test
    void aFlatPictureIsMarkedToo() {
        Picture plain = Scenes.flat(new Size(256, 256), 90, 120, 140);
        Picture marked = Mark.embed(plain, PAYLOAD);
        assertThat(Quality.psnr(plain, marked)).isGreaterThan(44);
        assertThat(MarkReader.read(marked).map(Found::payload)).contains(PAYLOAD);
    }

    @Test
    void saysHowMuchItHeardAndHowMuchThePictureWasResized() throws IOException {
        Found whole = MarkReader.read(MARKED).orElseThrow();
        assertThat(whole.scale()).isEqualTo(1);
        assertThat(whole.confidence()).isGreaterThan(0.9);
        Picture half = named("resized to 50 %").apply(MARKED);
        assertThat(MarkReader.read(half).orElseThrow().scale()).isBetween(0.498, 0.502);
    }

    @Test
    void unmarkedPicturesHaveNone() {
        for (int kind = 0; kind < Scenes.KINDS; kind++) {
            assertThat(MarkReader.read(Scenes.scene(kind, new Size(256, 256), 50 + kind)))
                    .isEmpty();
        }
        assertThat(MarkReader.read(Scenes.flat(new Size(256, 256), 0, 0, 0))).isEmpty();
        assertThat(MarkReader.read(Scenes.flat(new Size(40, 30), 200, 0, 0))).isEmpty();
    }

    @Test
    void theSameAlwaysGivesTheSameBytes() {
        Picture plain = Scenes.scene(7, SIZE, 1);
        List<Picture> marked = IntStream.range(0, 6)
                .parallel()
                .mapToObj(i -> Mark.embed(plain, PAYLOAD))
                .toList();
        assertThat(marked).allSatisfy(picture -> assertThat(picture.rgb()).isEqualTo(MARKED.rgb()));
        assertThat(plain.rgb()).isEqualTo(Scenes.scene(7, SIZE, 1).rgb());
    }

    @Test
    void picturesWithoutRoomForItAreRefused() {
        assertThat(Mark.fits(new Size(256, 256))).isTrue();
        assertThat(Mark.fits(new Size(1024, 255))).isFalse();
        Picture small = Picture.black(new Size(255, 256));
        assertThatThrownBy(() -> Mark.embed(small, PAYLOAD))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("256");
    }

    private static Change named(String name) {
        return Change.ALL.stream()
                .filter(change -> change.name().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
