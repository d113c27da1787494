package dev.darkroom.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.job.Picture;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
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

    /** Numbers without a pattern, the same each time. */
    public static Picture noise(int width, int height) {
        return noise(1, width, height);
    }

    public static Picture noise(long seed, int width, int height) {
        byte[] rgb = new byte[3 * width * height];
        new Random(seed).nextBytes(rgb);
        return new Picture(width, height, rgb);
    }

    /** Square pictures without a pattern, each another one. */
    public static List<Picture> squares(int count, int side) {
        return IntStream.range(0, count).mapToObj(i -> noise(i, side, side)).toList();
    }

    /** A picture that differs in one level. */
    public static Picture changed(Picture picture) {
        byte[] rgb = picture.rgb().clone();
        rgb[0]++;
        return new Picture(picture.width(), picture.height(), rgb);
    }

    /** One of the pictures that come with the repository. */
    public static Picture payload(String file) {
        return read(TestCheckpoints.PAYLOADS.resolve("images").resolve(file));
    }

    public static Picture read(Path file) {
        try {
            return read(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
