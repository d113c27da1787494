package dev.darkroom.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.job.JobException;
import dev.darkroom.job.MaskPaints;
import dev.darkroom.job.Picture;
import java.awt.AlphaComposite;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A mask is its colours: a clear canvas is black. A file that means something else by its transparency is refused. */
class MaskTest {
    private static final String REFUSED =
            "mask: must be white where to paint and black elsewhere, without transparency or on a clear canvas, not ";

    private static final int SIDE = 32;

    @ParameterizedTest
    @ValueSource(strings = {"png", "webp", "palette", "gif", "la", "la16", "rgba16", "bmp"})
    void whiteOnAClearCanvasIsThePlainMask(String format) {
        byte[] file = switch (format) {
            case "webp" -> TestFiles.losslessWebp(square(new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_ARGB)));
            case "palette" -> TestPictures.file(square(palette()), "png");
            case "gif" -> TestPictures.file(square(palette()), "gif");
            case "la" -> TestPictures.file(square(components(ColorSpace.CS_GRAY, DataBuffer.TYPE_BYTE)), "png");
            case "la16" -> TestPictures.file(square(components(ColorSpace.CS_GRAY, DataBuffer.TYPE_USHORT)), "png");
            case "rgba16" -> TestPictures.file(square(components(ColorSpace.CS_sRGB, DataBuffer.TYPE_USHORT)), "png");
            case "bmp" -> TestPictures.file(square(plain()), "bmp");
            default -> TestPictures.file(square(new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_ARGB)), "png");
        };

        assertThat(mask(file).rgb())
                .isEqualTo(mask(TestPictures.file(square(plain()), "png")).rgb());
    }

    /** A browser's canvas: what is half covered at an edge is white too, and half transparent. */
    @Test
    void strokesWithSmoothEdgesAreWhite() {
        Picture mask = mask(canvas(graphics -> {
            graphics.setColor(Color.WHITE);
            graphics.setStroke(new BasicStroke(5));
            graphics.drawLine(3, 4, 27, 22);
        }));

        assertThat(levels(mask, 15, 13)).containsOnly(255);
        assertThat(levels(mask, 3, 25)).containsOnly(0);
    }

    /** Another service's form: the picture itself, and a hole where to paint. */
    @Test
    void aPictureWithAHoleIsRefused() {
        assertRefused(withHole(TestPictures.gradient(SIDE, SIDE).toImage(), 0), REFUSED + "a picture with a hole");
        assertRefused(withHole(TestPictures.noise(SIDE, SIDE).toImage(), 0), REFUSED + "a picture with a hole");
        BufferedImage grey = plain();
        for (int i = 0; i < SIDE * SIDE; i++) {
            grey.setRGB(i % SIDE, i / SIDE, 0x010101 * (255 * (i % SIDE) / SIDE));
        }
        assertRefused(withHole(grey, 0), REFUSED + "a picture with a hole");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x000000, 0xFFFFFF})
    void aHoleInOneColourIsRefused(int colour) {
        BufferedImage image = plain();
        for (int i = 0; i < SIDE * SIDE; i++) {
            image.setRGB(i % SIDE, i / SIDE, colour);
        }

        assertRefused(withHole(image, colour), REFUSED + "a picture with a hole in nothing but");
    }

    @Test
    void strokesInAColourAreRefused() {
        assertRefused(
                canvas(graphics -> {
                    graphics.setColor(new Color(255, 0, 0, 128));
                    graphics.fillOval(5, 5, 20, 20);
                }),
                REFUSED + "a picture with a hole, or strokes in a colour");
    }

    @Test
    void anEmptyCanvasIsBlack() {
        assertThat(mask(canvas(graphics -> {})).rgb()).containsOnly(0);
    }

    /** OpenAI's form: the picture itself, or anything else, with a hole where to paint. */
    @ParameterizedTest
    @ValueSource(strings = {"png", "webp", "la", "rgba16", "palette", "gif"})
    void aHoleIsWhereToPaintIfThatIsAsked(String format) {
        byte[] file = switch (format) {
            case "webp" -> TestFiles.losslessWebp(square(new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_ARGB)));
            case "la" -> TestPictures.file(square(components(ColorSpace.CS_GRAY, DataBuffer.TYPE_BYTE)), "png");
            case "rgba16" -> TestPictures.file(square(components(ColorSpace.CS_sRGB, DataBuffer.TYPE_USHORT)), "png");
            case "palette" -> TestPictures.file(square(palette()), "png");
            case "gif" -> TestPictures.file(square(palette()), "gif");
            default -> TestPictures.file(square(new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_ARGB)), "png");
        };

        Picture mask = mask(file, MaskPaints.TRANSPARENT);

        assertThat(levels(mask, 10, 10)).containsOnly(0);
        assertThat(levels(mask, 2, 2)).containsOnly(255);
    }

    @Test
    void theColoursOfAMaskWithAHoleSayNothing() {
        Picture ofNoise = mask(withHole(TestPictures.noise(SIDE, SIDE).toImage(), 0), MaskPaints.TRANSPARENT);

        assertThat(mask(withHole(plain(), 0xFFFFFF), MaskPaints.TRANSPARENT).rgb())
                .isEqualTo(ofNoise.rgb());
        assertThat(levels(ofNoise, 12, 12)).containsOnly(255);
        assertThat(levels(ofNoise, 9, 12)).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpg", "bmp", "opaque"})
    void aMaskWithoutAHoleIsRefusedWhereAHoleIsAsked(String format) {
        BufferedImage image = format.equals("opaque")
                ? withoutHole(new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_ARGB))
                : square(plain());

        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> mask(
                        TestPictures.file(image, format.equals("opaque") ? "png" : format), MaskPaints.TRANSPARENT))
                .withMessage(
                        "mask: must be transparent where to paint and opaque elsewhere: nothing of this file is transparent")
                .matches(e -> e.code() == JobException.Code.BAD_INPUT);
    }

    /** Without transparency any picture is a mask, as bright as it is. */
    @Test
    void anOpaquePictureIsReadAsItIs() {
        Picture picture = TestPictures.noise(SIDE, SIDE);
        BufferedImage opaque = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_ARGB);
        opaque.createGraphics().drawImage(picture.toImage(), 0, 0, null);

        assertThat(mask(TestPictures.file(opaque, "png")).rgb()).isEqualTo(picture.rgb());
        assertThat(mask(TestPictures.file(picture.toImage(), "png")).rgb()).isEqualTo(picture.rgb());
    }

    /** The reference turns a mask as it was taken, and knows nothing of profiles. */
    @Test
    void aMaskIsTurnedButKeepsItsNumbers() {
        Picture picture = TestPictures.gradient(SIDE, 16);
        byte[] file = TestPictures.file(picture.toImage(), "png");
        byte[] linear = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();
        byte[] turned = TestFiles.withPngChunk(file, "eXIf", TestFiles.exif(3, ByteOrder.BIG_ENDIAN));

        assertThat(mask(TestFiles.withPngProfile(file, linear)).rgb()).isEqualTo(picture.rgb());
        assertThat(levels(mask(turned), 0)).containsExactly(levels(picture, SIDE - 1, 15));
    }

    private static Picture mask(byte[] file) {
        return mask(file, MaskPaints.WHITE);
    }

    private static Picture mask(byte[] file, MaskPaints painted) {
        return new PictureDecoder(PictureLimits.STANDARD).open("mask", file).mask(painted);
    }

    private static void assertRefused(byte[] file, String message) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> mask(file))
                .withMessageStartingWith(message)
                .matches(e -> e.code() == JobException.Code.BAD_INPUT);
    }

    private static BufferedImage plain() {
        return new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    }

    private static BufferedImage palette() {
        byte[] levels = {0, (byte) 255};
        return new BufferedImage(
                SIDE, SIDE, BufferedImage.TYPE_BYTE_INDEXED, new IndexColorModel(8, 2, levels, levels, levels, 0));
    }

    private static BufferedImage components(int colours, int type) {
        int bands = colours == ColorSpace.CS_GRAY ? 2 : 4;
        return new BufferedImage(
                new ComponentColorModel(ColorSpace.getInstance(colours), true, false, Transparency.TRANSLUCENT, type),
                Raster.createInterleavedRaster(type, SIDE, SIDE, bands, null),
                false,
                null);
    }

    /** Makes a part of an image white and opaque. */
    private static BufferedImage square(BufferedImage image) {
        for (int y = 8; y < 24; y++) {
            for (int x = 5; x < 20; x++) {
                image.setRGB(x, y, 0xFFFFFFFF);
            }
        }
        return image;
    }

    private static byte[] canvas(Consumer<Graphics2D> strokes) {
        var image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_ARGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        strokes.accept(graphics);
        graphics.dispose();
        return TestPictures.file(image, "png");
    }

    private static BufferedImage withoutHole(BufferedImage image) {
        for (int i = 0; i < SIDE * SIDE; i++) {
            image.setRGB(i % SIDE, i / SIDE, 0xFF336699);
        }
        return image;
    }

    /** Clears a part of an image down to this colour. */
    private static byte[] withHole(BufferedImage image, int colour) {
        var holed = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_ARGB);
        Graphics2D graphics = holed.createGraphics();
        graphics.drawImage(image, 0, 0, null);
        graphics.setComposite(AlphaComposite.Src);
        graphics.setColor(new Color(colour, true));
        graphics.fillRect(10, 10, 8, 8);
        graphics.dispose();
        return TestPictures.file(holed, "png");
    }

    private static Integer[] levels(Picture picture, int x) {
        return levels(picture, x, 0);
    }

    private static Integer[] levels(Picture picture, int x, int y) {
        return new Integer[] {picture.level(x, y, 0), picture.level(x, y, 1), picture.level(x, y, 2)};
    }
}
