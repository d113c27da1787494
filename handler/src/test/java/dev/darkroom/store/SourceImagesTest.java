package dev.darkroom.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Source images are read as they were meant, and what is no picture is refused by the name of its field. */
class SourceImagesTest {
    private static final Picture PICTURE = TestPictures.gradient(96, 64);

    @ParameterizedTest
    @EnumSource
    void everyFormatIsReadFromBase64(ImageFormat format) {
        String text = TestPictures.base64(PictureEncoder.encode(PICTURE, format, 95));

        assertThat(TestPictures.meanDifference(PICTURE, SourceImages.decode("image", text)))
                .isLessThan(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"data:image/png;base64,", "data:;base64,", "data:image/jpeg;name=a.jpg;base64,"})
    void aDataUriIsRead(String start) {
        String text = start + TestPictures.base64(PictureEncoder.encode(PICTURE, ImageFormat.PNG, 95));

        assertThat(SourceImages.decode("image", text).rgb()).isEqualTo(PICTURE.rgb());
    }

    @Test
    void spaceAroundTheTextDoesNotMatter() {
        String text = "\n " + TestPictures.base64(PictureEncoder.encode(PICTURE, ImageFormat.PNG, 95)) + "\n";

        assertThat(SourceImages.decode("image", text).rgb()).isEqualTo(PICTURE.rgb());
    }

    @Test
    void transparencyBecomesWhite() {
        var image = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, 0x00FF0000);
        image.setRGB(1, 0, 0xFFFF0000);
        image.setRGB(2, 0, 0x80FF0000);

        Picture picture = SourceImages.decode("image", TestPictures.base64(TestPictures.file(image, "png")));

        assertThat(levels(picture, 0)).containsExactly(255, 255, 255);
        assertThat(levels(picture, 1)).containsExactly(255, 0, 0);
        assertThat(levels(picture, 2))
                .satisfiesExactly(
                        red -> assertThat(red).isEqualTo(255),
                        green -> assertThat(green).isBetween(125, 129),
                        blue -> assertThat(blue).isBetween(125, 129));
    }

    @ParameterizedTest
    @CsvSource({"TYPE_BYTE_GRAY, png", "TYPE_BYTE_GRAY, jpeg", "TYPE_USHORT_GRAY, png"})
    void grayLevelsStayAsTheyAre(String type, String format) throws ReflectiveOperationException {
        var image = new BufferedImage(16, 16, BufferedImage.class.getField(type).getInt(null));
        double[] gray = {type.equals("TYPE_USHORT_GRAY") ? 100 * 257 : 100};
        for (int i = 0; i < 256; i++) {
            image.getRaster().setPixel(i % 16, i / 16, gray);
        }

        Picture picture = SourceImages.decode("mask", TestPictures.base64(TestPictures.file(image, format)));

        assertThat(levels(picture, 8)).allSatisfy(level -> assertThat(level).isBetween(99, 101));
    }

    @Test
    void grayTransparencyBecomesWhiteToo() {
        var image = new BufferedImage(
                new ComponentColorModel(
                        ColorSpace.getInstance(ColorSpace.CS_GRAY),
                        true,
                        false,
                        Transparency.TRANSLUCENT,
                        DataBuffer.TYPE_BYTE),
                Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, 3, 1, 2, null),
                false,
                null);
        image.getRaster().setPixels(0, 0, 3, 1, new int[] {100, 0, 100, 255, 100, 128});

        Picture picture = SourceImages.decode("image", TestPictures.base64(TestPictures.file(image, "png")));

        assertThat(levels(picture, 0)).containsOnly(255);
        assertThat(levels(picture, 1)).containsOnly(100);
        assertThat(levels(picture, 2)).allSatisfy(level -> assertThat(level).isBetween(175, 179));
    }

    @Test
    void aPathIsNoPicture() {
        assertRefused("/etc/passwd", "mask: must be a PNG, JPEG or WebP picture");
    }

    @Test
    void aPaletteIsResolved() {
        var image = new BufferedImage(4, 1, BufferedImage.TYPE_BYTE_INDEXED);
        image.setRGB(0, 0, 0xFF00FF00);
        image.setRGB(3, 0, 0xFF0000FF);

        Picture picture = SourceImages.decode("image", TestPictures.base64(TestPictures.file(image, "png")));

        assertThat(levels(picture, 0)).containsExactly(0, 255, 0);
        assertThat(levels(picture, 3)).containsExactly(0, 0, 255);
    }

    @ParameterizedTest
    @ValueSource(strings = {"no base64 at all!", "AAA=AAA", "http://localhost/picture.png", "ÄÖÜ"})
    void whatIsNoBase64IsRefused(String text) {
        assertRefused(text, "mask: must be base64 or a base64 data URI");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"data:image/png,abc", "data:image/png;base64", "data:text/plain;charset=utf-8,hello", "data:"})
    void aDataUriWithoutBase64IsRefused(String text) {
        assertRefused(text, "mask: a data URI must be base64");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "I am a text file, not a picture.\n", "<svg xmlns='http://www.w3.org/2000/svg'/>", "\0\0\1\1"
            })
    void whatIsNoPictureIsRefused(String content) {
        assertRefused(
                TestPictures.base64(content.getBytes(StandardCharsets.UTF_8)),
                "mask: must be a PNG, JPEG or WebP picture");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gif", "bmp"})
    void otherFormatsAreRefused(String format) {
        assertRefused(
                TestPictures.base64(TestPictures.file(PICTURE.toImage(), format)),
                "mask: must be a PNG, JPEG or WebP picture");
    }

    @ParameterizedTest
    @EnumSource
    void aTruncatedFileIsRefused(ImageFormat format) {
        byte[] file = PictureEncoder.encode(TestPictures.gradient(256, 256), format, 95);

        for (int length : new int[] {file.length / 3, file.length / 2, file.length * 9 / 10}) {
            assertRefused(TestPictures.base64(Arrays.copyOf(file, length)), "mask: the picture is damaged");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHeaderAloneIsRefused(ImageFormat format) {
        byte[] file = PictureEncoder.encode(PICTURE, format, 95);

        assertRefused(TestPictures.base64(Arrays.copyOf(file, 24)), "mask: ");
    }

    @Test
    void aSmallFileCannotUnfoldIntoAHugePicture() {
        assertRefused(
                TestPictures.base64(pngHeader(16_000, 16_000)),
                "mask: must have at most 67108864 pixels, not 256000000");
    }

    /** Resized to an ordinary width, a picture one pixel wide and very long takes gigabytes. */
    @ParameterizedTest
    @CsvSource({"1, 600000", "600000, 1", "60000, 60000", "10, 161"})
    void aPictureOfAnAbsurdShapeIsRefused(int width, int height) {
        assertRefused(
                TestPictures.base64(pngHeader(width, height)),
                "mask: must have sides of at most 16384 and a ratio of at most 16:1, not " + width + "x" + height);
    }

    @Test
    void aPictureWithoutPixelsIsRefused() {
        assertRefused(TestPictures.base64(pngHeader(0, 0)), "mask: the picture is damaged");
    }

    @Test
    void aFileThatIsTooLargeIsRefused() {
        assertRefused("A".repeat(28 << 20), "mask: must be at most 20971520 bytes");
    }

    private static void assertRefused(String text, String message) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> SourceImages.decode("mask", text))
                .withMessageStartingWith(message)
                .matches(e -> e.code() == JobException.Code.BAD_INPUT);
    }

    private static Integer[] levels(Picture picture, int x) {
        return new Integer[] {picture.level(x, 0, 0), picture.level(x, 0, 1), picture.level(x, 0, 2)};
    }

    /** A PNG file that claims this size and holds hardly any pixels. */
    private static byte[] pngHeader(int width, int height) {
        var file = new ByteArrayOutputStream();
        file.writeBytes(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
        chunk(
                file,
                "IHDR",
                ByteBuffer.allocate(13)
                        .putInt(width)
                        .putInt(height)
                        .put(new byte[] {8, 2, 0, 0, 0})
                        .array());
        chunk(file, "IDAT", new byte[] {0x78, (byte) 0x9C, 3, 0, 0, 0, 0, 1});
        chunk(file, "IEND", new byte[0]);
        return file.toByteArray();
    }

    private static void chunk(ByteArrayOutputStream file, String type, byte[] data) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        var checksum = new CRC32();
        checksum.update(name);
        checksum.update(data);
        file.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
        file.writeBytes(name);
        file.writeBytes(data);
        file.writeBytes(ByteBuffer.allocate(4).putInt((int) checksum.getValue()).array());
    }
}
