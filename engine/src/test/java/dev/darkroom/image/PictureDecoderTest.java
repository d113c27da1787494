package dev.darkroom.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files become pictures as they were meant, and what is no picture is refused by the name of its field. */
class PictureDecoderTest {
    private static final String NO_PICTURE = "mask: must be a PNG, JPEG, WebP, GIF or BMP picture";
    private static final String DAMAGED = "mask: the picture is damaged";

    private static final PictureDecoder DECODER = new PictureDecoder(PictureLimits.STANDARD);

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpeg", "bmp", "gif"})
    void everyFormatIsRead(String format) {
        Picture picture = TestPictures.gradient(96, 64);

        assertThat(TestPictures.meanDifference(picture, decode(TestPictures.file(picture.toImage(), format))))
                .isLessThan(format.equals("gif") ? 12 : 3);
    }

    @Test
    void anInterlacedFileIsRead() throws IOException {
        Picture picture = TestPictures.gradient(37, 29);

        assertThat(decode(progressive(picture, "png")).rgb()).isEqualTo(picture.rgb());
        assertThat(TestPictures.meanDifference(picture, decode(progressive(picture, "jpeg"))))
                .isLessThan(4);
    }

    @Test
    void transparencyBecomesWhite() {
        var image = new BufferedImage(3, 1, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(0, 0, 0x00FF0000);
        image.setRGB(1, 0, 0xFFFF0000);
        image.setRGB(2, 0, 0x80FF0000);

        for (byte[] file : new byte[][] {TestPictures.file(image, "png"), TestFiles.losslessWebp(image)}) {
            Picture picture = decode(file);

            assertThat(levels(picture, 0)).containsExactly(255, 255, 255);
            assertThat(levels(picture, 1)).containsExactly(255, 0, 0);
            assertThat(levels(picture, 2))
                    .satisfiesExactly(
                            red -> assertThat(red).isEqualTo(255),
                            green -> assertThat(green).isBetween(125, 129),
                            blue -> assertThat(blue).isBetween(125, 129));
        }
    }

    @ParameterizedTest
    @CsvSource({"TYPE_BYTE_GRAY, png", "TYPE_BYTE_GRAY, jpeg", "TYPE_USHORT_GRAY, png", "TYPE_BYTE_GRAY, bmp"})
    void grayLevelsStayAsTheyAre(String type, String format) throws ReflectiveOperationException {
        var image = new BufferedImage(16, 16, BufferedImage.class.getField(type).getInt(null));
        double[] gray = {type.equals("TYPE_USHORT_GRAY") ? 100 * 257 : 100};
        for (int i = 0; i < 256; i++) {
            image.getRaster().setPixel(i % 16, i / 16, gray);
        }

        Picture picture = decode(TestPictures.file(image, format));

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

        Picture picture = decode(TestPictures.file(image, "png"));

        assertThat(levels(picture, 0)).containsOnly(255);
        assertThat(levels(picture, 1)).containsOnly(100);
        assertThat(levels(picture, 2)).allSatisfy(level -> assertThat(level).isBetween(175, 179));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void sixteenBitsAreReadAsEight(boolean alpha) {
        var image = new BufferedImage(
                new ComponentColorModel(
                        ColorSpace.getInstance(ColorSpace.CS_sRGB),
                        alpha,
                        false,
                        alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE,
                        DataBuffer.TYPE_USHORT),
                Raster.createInterleavedRaster(DataBuffer.TYPE_USHORT, 2, 1, alpha ? 4 : 3, null),
                false,
                null);
        int[] colour = {200 * 257, 100 * 257, 50 * 257, 65_535};
        image.getRaster().setPixel(1, 0, Arrays.copyOf(colour, alpha ? 4 : 3));

        Picture picture = decode(TestPictures.file(image, "png"));

        assertThat(levels(picture, 0)).containsOnly(alpha ? 255 : 0);
        assertThat(levels(picture, 1)).containsExactly(200, 100, 50);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "gif", "bmp"})
    void aPaletteIsResolved(String format) {
        var image = new BufferedImage(4, 1, BufferedImage.TYPE_BYTE_INDEXED);
        image.setRGB(0, 0, 0xFF00FF00);
        image.setRGB(3, 0, 0xFF0000FF);

        Picture picture = decode(TestPictures.file(image, format));

        assertThat(levels(picture, 0)).containsExactly(0, 255, 0);
        assertThat(levels(picture, 3)).containsExactly(0, 0, 255);
    }

    /** Red as printers have it: no cyan, all magenta and yellow, no black. Adobe stores the inverse; YCCK stores that as luma and chroma. */
    @ParameterizedTest
    @CsvSource({"0, 255, 0, 0, 255", "2, 179, 171, 0, 255"})
    void cmykIsReadInItsColours(int transform, int first, int second, int third, int fourth) {
        Picture picture = decode(TestFiles.fourComponentJpeg(16, 16, transform, first, second, third, fourth));

        assertThat(levels(picture, 8))
                .satisfiesExactly(
                        red -> assertThat(red).isGreaterThan(200),
                        green -> assertThat(green).isLessThan(60),
                        blue -> assertThat(blue).isLessThan(60));
    }

    /** The same numbers are other colours in a wide space: what a phone's screenshot calls pure green is more than sRGB has. */
    @ParameterizedTest
    @ValueSource(strings = {"png", "jpeg", "webp"})
    void colourProfilesAreHonoured(String format) throws IOException {
        var image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 256; i++) {
            image.setRGB(i % 16, i / 16, 0x6496C8);
        }
        byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();

        byte[] file = switch (format) {
            case "png" -> TestFiles.withPngProfile(TestPictures.file(image, "png"), profile);
            case "jpeg" -> TestFiles.withJpegProfile(TestPictures.file(image, "jpeg"), profile);
            default -> TestFiles.withWebpProfile(TestFiles.losslessWebp(image), 16, 16, profile);
        };

        // sRGB's curve brightens levels of light 100, 150 and 200 to these
        assertThat(levels(decode(file), 8))
                .satisfiesExactly(
                        red -> assertThat(red).isBetween(165, 172),
                        green -> assertThat(green).isBetween(199, 206),
                        blue -> assertThat(blue).isBetween(225, 232));
    }

    @Test
    void aProfileThatCannotBeReadIsLeftAside() {
        Picture picture = TestPictures.gradient(8, 8);
        byte[] file = PictureEncoder.encode(picture, ImageFormat.PNG, 90);

        assertThat(decode(TestFiles.withPngProfile(file, new byte[200])).rgb()).isEqualTo(picture.rgb());
        assertThat(decode(TestFiles.withPngChunk(file, "iCCP", new byte[] {'a'}))
                        .rgb())
                .isEqualTo(picture.rgb());
    }

    /** Each letter is a pixel of the stored picture {@code abc} above {@code def}. */
    @ParameterizedTest
    @CsvSource({
        "0, abc def",
        "1, abc def",
        "2, cba fed",
        "3, fed cba",
        "4, def abc",
        "5, ad be cf",
        "6, da eb fc",
        "7, fc eb da",
        "8, cf be ad",
        "9, abc def"
    })
    void picturesAreTurnedAsTheyWereTaken(int orientation, String upright) {
        var letters = new BufferedImage(3, 2, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 6; i++) {
            letters.setRGB(i % 3, i / 3, 'a' + i);
        }
        byte[] exif =
                TestFiles.exif(orientation, orientation % 2 == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);

        Picture picture = decode(TestFiles.withPngChunk(TestPictures.file(letters, "png"), "eXIf", exif));

        var read = new StringBuilder();
        for (int y = 0; y < picture.height(); y++) {
            read.append(y == 0 ? "" : " ");
            for (int x = 0; x < picture.width(); x++) {
                read.append((char) picture.level(x, y, 2));
            }
        }
        assertThat(read.toString()).isEqualTo(upright);
    }

    @ParameterizedTest
    @EnumSource
    void everyFormatIsTurned(ImageFormat format) throws IOException {
        Picture upright = TestPictures.gradient(48, 80);
        Picture lying = turned(upright, 8);
        byte[] file = PictureEncoder.encode(lying, format, 95);
        byte[] exif = TestFiles.exif(6, ByteOrder.BIG_ENDIAN);

        byte[] noted = switch (format) {
            case PNG -> TestFiles.withPngChunk(file, "eXIf", exif);
            case JPEG -> JpegFile.of(file).withExif(exif).orElseThrow();
            case WEBP -> WebpFile.of(file).withExif(exif, lying.size());
        };

        assertThat(lying.size()).isEqualTo(new Size(80, 48));
        assertThat(TestPictures.meanDifference(upright, decode(noted))).isLessThan(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "II", "MM\0*\0\0\0\u0008\u00FF\u00FF", "no EXIF at all, but long enough to be some"})
    void exifThatCannotBeReadTurnsNothing(String exif) {
        Picture picture = TestPictures.gradient(3, 2);
        byte[] file = PictureEncoder.encode(picture, ImageFormat.PNG, 95);

        byte[] noted = TestFiles.withPngChunk(file, "eXIf", exif.getBytes(StandardCharsets.ISO_8859_1));

        assertThat(decode(noted).rgb()).isEqualTo(picture.rgb());
    }

    @Test
    void whatFollowsTheEndOfAJpegDoesNotMatter() {
        byte[] file = PictureEncoder.encode(TestPictures.gradient(64, 64), ImageFormat.JPEG, 90);
        byte[] more =
                TestFiles.join(file, new byte[] {1, 2, (byte) 0xFF, (byte) 0xDA, 0, 3, 4, (byte) 0xFF, (byte) 0xC0});

        assertThat(decode(more).rgb()).isEqualTo(decode(file).rgb());
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "<!DOCTYPE html><html>, an HTML page",
                "  <html lang='en'>, an HTML page",
                "<svg xmlns='http://www.w3.org/2000/svg'/>, an SVG drawing",
                "<?xml version='1.0'?><!-- a --><svg/>, an SVG drawing",
                "<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>, an XML document",
                "{\"error\": \"not found\"}, a JSON document",
                "%PDF-1.7, a PDF document",
                "8BPS, a Photoshop document"
            })
    void whatIsNoPictureIsRefusedByName(String content, String name) {
        assertRefused(content.getBytes(StandardCharsets.UTF_8), NO_PICTURE + ", not " + name);
    }

    @ParameterizedTest
    @CsvSource({
        "ftypheic\0\0\0\0mif1heic, a HEIC picture",
        "ftypmif1\0\0\0\0avifmif1miaf, an AVIF picture",
        "ftypavif\0\0\0\0avifmif1, an AVIF picture",
        "ftypisom\0\0\2\0isomiso2avc1mp41, a video"
    })
    void whatPhonesMakeIsRefusedByName(String brands, String name) {
        assertRefused(TestFiles.ftyp(brands.substring(4)), NO_PICTURE + ", not " + name);
    }

    @Test
    void otherPicturesAreRefusedByName() throws IOException {
        byte[] webp = PictureEncoder.encode(TestPictures.gradient(8, 8), ImageFormat.WEBP, 90);
        byte[] animated = WebpFile.of(webp).withExif(new byte[2], new Size(8, 8));
        animated[20] |= 2;

        assertRefused(animated, NO_PICTURE + ", not an animated WebP picture");
        assertRefused(TestPictures.file(TestPictures.gradient(8, 8).toImage(), "tiff"), NO_PICTURE + ", not a TIFF");
    }

    /** A decoder would go on with the picture inside, of whatever size that is. */
    @Test
    void aBmpWithAnotherFormatInsideIsRefused() {
        byte[] bmp = TestPictures.file(TestPictures.gradient(8, 8).toImage(), "bmp");
        bmp[30] = 5;

        assertRefused(bmp, NO_PICTURE + ", not a BMP picture with another format inside");
    }

    /** In the oldest header the pixels begin where later ones tell the compression. */
    @Test
    void aBmpOfTheOldestKindIsRead() {
        byte[] pixels = new byte[4 * 4 * 3];
        Arrays.fill(pixels, (byte) 100);
        byte[] file = ByteBuffer.allocate(26 + pixels.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {'B', 'M'})
                .putInt(26 + pixels.length)
                .putInt(0)
                .putInt(26)
                .putInt(12)
                .putShort((short) 4)
                .putShort((short) 4)
                .putShort((short) 1)
                .putShort((short) 24)
                .put(pixels)
                .array();

        assertThat(decode(file).rgb()).containsOnly(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "I am a text file, not a picture.\n", "\0\0\1\1", "BM", "RIFF", "GIF8", "\u0089PNG"})
    void anythingElseIsNoPicture(String content) {
        assertRefused(content.getBytes(StandardCharsets.ISO_8859_1), NO_PICTURE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpeg", "bmp", "gif", "webp"})
    void aTruncatedFileIsRefused(String format) {
        Picture picture = TestPictures.gradient(256, 256);
        byte[] file = format.equals("webp")
                ? PictureEncoder.encode(picture, ImageFormat.WEBP, 95)
                : TestPictures.file(picture.toImage(), format);

        for (int length : new int[] {40, file.length / 3, file.length / 2, file.length * 9 / 10, file.length - 5}) {
            assertRefused(Arrays.copyOf(file, length), DAMAGED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHeaderAloneIsRefused(ImageFormat format) {
        byte[] file = PictureEncoder.encode(TestPictures.gradient(96, 64), format, 95);

        assertRefused(Arrays.copyOf(file, 24), DAMAGED);
    }

    @Test
    void aPngWithAFlippedBitIsRefused() {
        byte[] file = PictureEncoder.encode(TestPictures.gradient(96, 64), ImageFormat.PNG, 95);
        file[file.length - 30] ^= 16;

        assertRefused(file, DAMAGED + ": the checksum of IDAT is wrong");
    }

    @Test
    void aJpegWhoseDataEndTooEarlyIsRefused() {
        byte[] file = PictureEncoder.encode(TestPictures.gradient(256, 256), ImageFormat.JPEG, 95);
        byte[] cut = Arrays.copyOf(file, file.length / 2 + 2);
        cut[file.length / 2 - 1] = 0;
        cut[file.length / 2] = (byte) 0xFF;
        cut[file.length / 2 + 1] = (byte) 0xD9;

        assertRefused(cut, DAMAGED);
    }

    /** Each of thousands of tiny scans costs a pass over the whole picture. */
    @Test
    void aJpegOfTooManyScansIsRefused() {
        byte[] file = PictureEncoder.encode(TestPictures.gradient(64, 64), ImageFormat.JPEG, 90);
        byte[] scan = {(byte) 0xFF, (byte) 0xDA, 0, 8, 1, 1, 0, 0, 63, 0};
        byte[] scans = new byte[0];
        for (int i = 0; i < 101; i++) {
            scans = TestFiles.join(scans, scan);
        }

        assertRefused(TestFiles.inserted(file, file.length - 2, scans), DAMAGED + ": it has more than 100 scans");
    }

    @Test
    void aSmallFileCannotUnfoldIntoAHugePicture() {
        assertRefused(TestFiles.pngHeader(16_000, 16_000), "mask: must have at most 67108864 pixels, not 256000000");
    }

    /** Resized to an ordinary width, a picture one pixel wide and very long takes gigabytes. */
    @ParameterizedTest
    @CsvSource({"1, 600000", "600000, 1", "60000, 60000", "10, 161"})
    void aPictureOfAnAbsurdShapeIsRefused(int width, int height) {
        assertRefused(
                TestFiles.pngHeader(width, height),
                "mask: must have sides of at most 16384 and a ratio of at most 16:1, not " + width + "x" + height);
    }

    @Test
    void limitsCanBeSet() {
        var decoder = new PictureDecoder(new PictureLimits(20, 100, 2));

        assertThat(decoder.decode("mask", png(14, 7)).size()).isEqualTo(new Size(14, 7));
        assertRefused(decoder, png(11, 10), "mask: must have at most 100 pixels, not 110");
        assertRefused(decoder, png(15, 7), "mask: must have sides of at most 20 and a ratio of at most 2:1, not 15x7");
        assertRefused(decoder, png(21, 20), "mask: must have sides of at most 20 and");
    }

    @Test
    void aPictureWithoutPixelsIsRefused() {
        assertRefused(TestFiles.pngHeader(0, 0), DAMAGED);
    }

    private static Picture turned(Picture picture, int orientation) {
        var canvas = new Canvas(picture.size(), Orientation.of(orientation), (byte) 0);
        int[] row = new int[picture.width()];
        for (int y = 0; y < picture.height(); y++) {
            canvas.put(0, y, picture.toImage().getRGB(0, y, row.length, 1, row, 0, row.length), row.length, 0, 1);
        }
        return canvas.picture();
    }

    private static byte[] png(int width, int height) {
        return PictureEncoder.encode(TestPictures.gradient(width, height), ImageFormat.PNG, 90);
    }

    private static byte[] progressive(Picture picture, String format) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
        ImageWriteParam parameters = writer.getDefaultWriteParam();
        parameters.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
        var bytes = new ByteArrayOutputStream();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(picture.toImage(), null, null), parameters);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static Picture decode(byte[] file) {
        return DECODER.decode("image", file);
    }

    private static void assertRefused(byte[] file, String message) {
        assertRefused(DECODER, file, message);
    }

    private static void assertRefused(PictureDecoder decoder, byte[] file, String message) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> decoder.decode("mask", file))
                .withMessageStartingWith(message)
                .matches(e -> e.code() == JobException.Code.BAD_INPUT);
    }

    private static Integer[] levels(Picture picture, int x) {
        return new Integer[] {picture.level(x, 0, 0), picture.level(x, 0, 1), picture.level(x, 0, 2)};
    }
}
