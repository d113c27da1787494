package dev.darkroom.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.Picture;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Objects;
import javax.imageio.ImageIO;

/** Pictures to store and to send. */
public final class TestPictures {
    private TestPictures() {}

    /** A smooth picture whose every pixel says where it is. */
    public static Picture gradient(int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        int at = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                rgb[at++] = (byte) (255 * x / width);
                rgb[at++] = (byte) (255 * y / height);
                rgb[at++] = (byte) (255 * (x + y) / (width + height));
            }
        }
        return new Picture(width, height, rgb);
    }

    /** A file in one of the formats that Java itself writes. */
    static byte[] file(BufferedImage image, String format) {
        var bytes = new ByteArrayOutputStream();
        try {
            assertThat(ImageIO.write(image, format, bytes)).as(format).isTrue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    public static String base64(byte[] file) {
        return Base64.getEncoder().encodeToString(file);
    }

    public static Picture read(byte[] file) {
        try {
            return Picture.of(Objects.requireNonNull(ImageIO.read(new ByteArrayInputStream(file)), "no picture"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How far the levels of two pictures are apart on average. */
    public static double meanDifference(Picture one, Picture other) {
        assertThat(other.size()).isEqualTo(one.size());
        double sum = 0;
        for (int i = 0; i < one.rgb().length; i++) {
            sum += Math.abs((one.rgb()[i] & 0xFF) - (other.rgb()[i] & 0xFF));
        }
        return sum / one.rgb().length;
    }
}
