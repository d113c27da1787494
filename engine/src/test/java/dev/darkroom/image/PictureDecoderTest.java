package dev.darkroom.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.image.canvas.Canvas;
import dev.darkroom.image.canvas.Orientation;
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

    /** As some cameras write panoramas: their own data follow the last row at once. */
    @ParameterizedTest
    @ValueSource(ints = {0, 100, 100_000})
    void aJpegIsWholeWithoutItsEndMarkIfAllRowsAreThere(int length) {
        byte[] file = PictureEncoder.encode(TestPictures.gradient(256, 256), ImageFormat.JPEG, 90);
        byte[] rest = Arrays.copyOf(file, file.length - 2);
        byte[] trailer = TestFiles.join(
                new byte[] {0, 0, 1, 10, 14, 0, 0, 0},
                "Image_UTC_Data1418291".getBytes(StandardCharsets.US_ASCII),
                TestPictures.noise(length + 1, 1).rgb(),
                "SEFHk\0\0\0\1\0\0\0SEFT".getBytes(StandardCharsets.US_ASCII));

        assertThat(decode(TestFiles.join(rest, trailer)).rgb())
                .isEqualTo(decode(file).rgb());
        assertRefused(rest, DAMAGED + ": it ends too early");
        assertRefused(TestFiles.join(Arrays.copyOf(file, file.length / 2), trailer), DAMAGED);
    }

    /** Whether more scans would come nobody can tell. */
    @Test
    void aProgressiveJpegNeedsItsEndMark() throws IOException {
        byte[] file = progressive(TestPictures.gradient(64, 64), "jpeg");

        assertRefused(TestFiles.join(Arrays.copyOf(file, file.length - 2), new byte[1_000]), DAMAGED + ": it ends too");
    }

    /** Bytes of a GIF are put between the header and the end; the frame is two by one pixels, of colours 1 and 2. */
    private static byte[] gif(int canvasWidth, int canvasHeight, int left, int top, boolean clear) {
        ByteBuffer file = ByteBuffer.allocate(100).order(ByteOrder.LITTLE_ENDIAN);
        file.put("GIF89a".getBytes(StandardCharsets.US_ASCII));
        file.putShort((short) canvasWidth).putShort((short) canvasHeight).put(new byte[] {(byte) 0x81, 0, 0});
        file.put(new byte[] {9, 9, 9, (byte) 200, 0, 0, 0, (byte) 200, 0, 0, 0, 0});
        if (clear) {
            file.put(new byte[] {0x21, (byte) 0xF9, 4, 1, 0, 0, 2, 0});
        }
        file.put((byte) 0x2C).putShort((short) left).putShort((short) top);
        file.putShort((short) 2).putShort((short) 1).put((byte) 0);
        file.put(new byte[] {2, 2, (byte) 0b10_001_100, 0b0000101_0, 0, 0x3B}); // codes of 3 bits: clear, 1, 2, end
        return Arrays.copyOf(file.array(), file.position());
    }

    @Test
    void aGifIsAsLargeAsItsCanvas() {
        Picture picture = decode(gif(5, 3, 2, 1, false));

        assertThat(picture.size()).isEqualTo(new Size(5, 3));
        for (int i = 0; i < 15; i++) {
            Integer[] levels = {
                picture.level(i % 5, i / 5, 0), picture.level(i % 5, i / 5, 1), picture.level(i % 5, i / 5, 2)
            };
            assertThat(levels)
                    .as("pixel %d", i)
                    .containsExactly(
                            switch (i) {
                                case 7 -> new Integer[] {200, 0, 0};
                                case 8 -> new Integer[] {0, 200, 0};
                                default -> new Integer[] {255, 255, 255};
                            });
        }
    }

    /** Like Pillow, which lets the canvas grow. */
    @ParameterizedTest
    @CsvSource({"2, 1, 0, 0, 2, 1", "1, 1, 0, 0, 2, 1", "0, 0, 0, 0, 2, 1", "3, 2, 2, 0, 4, 2", "1, 1, 3, 2, 5, 3"})
    void aGifsFrameMayBeLargerThanItsCanvas(
            int canvasWidth, int canvasHeight, int left, int top, int width, int height) {
        Picture picture = decode(gif(canvasWidth, canvasHeight, left, top, false));

        assertThat(picture.size()).isEqualTo(new Size(width, height));
        assertThat(new int[] {picture.level(left, top, 0), picture.level(left + 1, top, 1)})
                .containsExactly(200, 200);
    }

    @Test
    void aGifsCanvasIsWithinTheLimits() {
        assertRefused(gif(8_000, 9_000, 0, 0, false), "mask: must have at most 67108864 pixels, not 72000000");
        assertRefused(gif(20_000, 9_000, 0, 0, false), "mask: must have sides of at most 16384 and");
    }

    @Test
    void aGifWithoutPixelsIsRefused() {
        byte[] file = gif(2, 1, 0, 0, false);
        byte[] none = file.clone();
        none[file.length - 4] = 0b00_101_100; // clear, end
        byte[] half = gif(4, 4, 0, 0, false);
        half[half.length - 9] = 2; // a frame of two rows

        assertRefused(none, DAMAGED + ": it ends too early");
        assertRefused(half, DAMAGED + ": it ends too early");
        assertRefused(Arrays.copyOf(file, 25), DAMAGED);
        assertRefused(
                TestFiles.join(Arrays.copyOf(file, 25), new byte[] {0x3B, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}), DAMAGED);
    }

    /** Programs that write 32 bits a pixel reserve the highest for alpha, and often leave them at 0; everything shows such files. */
    @Test
    void aBmpWhoseAlphasAreAllUnusedIsOpaque() {
        assertThat(levels(decode(bmp(0x001E1EC8, 0x001E1EC8)), 0)).containsExactly(30, 30, 200);
        assertThat(levels(decode(bmp(0x001E1EC8, 0xFF1E1EC8)), 0)).containsExactly(255, 255, 255);
        assertThat(levels(decode(bmp(0x001E1EC8, 0xFF1E1EC8)), 1)).containsExactly(30, 30, 200);
    }

    /** A file with the longest header and a mask for alpha; two pixels. */
    private static byte[] bmp(int... colours) {
        ByteBuffer file = ByteBuffer.allocate(14 + 124 + 8).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {'B', 'M'}).putInt(146).putInt(0).putInt(138);
        file.putInt(124)
                .putInt(2)
                .putInt(1)
                .putShort((short) 1)
                .putShort((short) 32)
                .putInt(3)
                .putInt(8);
        file.putInt(2835).putInt(2835).putInt(0).putInt(0);
        file.putInt(0xFF0000).putInt(0xFF00).putInt(0xFF).putInt(0xFF000000).putInt(0x73524742);
        file.position(138);
        return file.putInt(colours[0]).putInt(colours[1]).array();
    }

    @Test
    void aPictureThatIsTransparentAllOverIsRefused() {
        var image = new BufferedImage(3, 2, BufferedImage.TYPE_INT_ARGB);
        image.setRGB(1, 1, 0x00FF0000);

        assertRefused(TestPictures.file(image, "png"), "mask: is transparent all over: there is nothing to see");
        assertRefused(TestFiles.losslessWebp(image), "mask: is transparent all over");
        image.setRGB(1, 1, 0x01FF0000);
        assertThat(levels(decode(TestPictures.file(image, "png")), 0)).containsOnly(255);
    }

    /** What a decoder says is for its authors. */
    @ParameterizedTest
    @ValueSource(strings = {"png", "jpeg", "gif", "bmp", "webp"})
    void damagesAreToldInThisProgramsWords(String format) {
        Picture picture = TestPictures.gradient(64, 64);
        byte[] file = format.equals("webp")
                ? TestFiles.losslessWebp(picture.toImage())
                : TestPictures.file(picture.toImage(), format);
        for (int at = 8; at < file.length; at += Math.max(1, file.length / 400)) {
            byte[] damaged = file.clone();
            damaged[at] ^= 0x55;
            try {
                DECODER.decode("mask", damaged);
            } catch (JobException e) {
                assertThat(e)
                        .hasMessageMatching(
                                "mask: (must (be|have) .*|is transparent all over.*|the picture is damaged: "
                                        + "(it (ends too early|has no pixels|holds no picture|is no valid \\w+ file|has more than.*)"
                                        + "|its (compressed data are wrong|first frame is empty)|the checksum of \\w+ is wrong))");
            }
        }
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

    @Test
    void aPngWhoseEndComesBeforeItsPixelsIsRefused() throws IOException {
        byte[] png = TestPictures.file(TestPictures.gradient(8, 8).toImage(), "png");

        assertRefused(
                TestFiles.inserted(png, 33, TestFiles.pngChunk("IEND", new byte[0])), DAMAGED + ": it ends too early");
    }

    /** A list of them would take many times as much memory as the file. */
    @Test
    void aFileOfCountlessPartsIsRefused() throws IOException {
        byte[] png = TestPictures.file(TestPictures.gradient(8, 8).toImage(), "png");
        byte[] parts = new byte[12 * 60_000];
        byte[] part = TestFiles.pngChunk("teSt", new byte[0]);
        for (int at = 0; at < parts.length; at += part.length) {
            System.arraycopy(part, 0, parts, at, part.length);
        }

        assertRefused(TestFiles.inserted(png, 33, parts), "mask: the picture is damaged: it has more than 50000 parts");
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

        int end = format.equals("png") ? 15 : 5; // a PNG's last twelve bytes are no part of its picture
        for (int length : new int[] {40, file.length / 3, file.length / 2, file.length * 9 / 10, file.length - end}) {
            assertRefused(Arrays.copyOf(file, length), DAMAGED);
        }
    }

    @Test
    void aPngIsWholeWithoutItsEnd() {
        Picture picture = TestPictures.gradient(256, 256);
        byte[] file = PictureEncoder.encode(picture, ImageFormat.PNG, 95);
        byte[] text = TestFiles.pngChunk("tEXt", new byte[20]);
        byte[] rest = Arrays.copyOf(file, file.length - 12);

        assertThat(decode(rest).rgb()).isEqualTo(picture.rgb());
        assertThat(decode(Arrays.copyOf(file, file.length - 5)).rgb()).isEqualTo(picture.rgb());
        assertThat(decode(TestFiles.join(rest, Arrays.copyOf(text, 17))).rgb()).isEqualTo(picture.rgb());
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
