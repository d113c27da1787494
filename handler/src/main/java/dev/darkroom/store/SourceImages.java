package dev.darkroom.store;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Source images of jobs: PNG, JPEG or WebP as base64 or as a data URI. Size is read from the header first, so that a small file cannot
 * unfold into a huge picture. Transparency becomes white.
 */
public final class SourceImages {
    private static final int LARGEST_FILE = 20 << 20;
    private static final long MOST_PIXELS = 64L << 20;

    private SourceImages() {}

    /**
     * Decodes an image.
     *
     * @param field the payload's field, for errors
     */
    public static Picture decode(String field, String text) {
        byte[] file = bytes(field, text);
        try (ImageInputStream in = ImageIO.createImageInputStream(new ByteArrayInputStream(file))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw JobException.badInput(field + ": must be a PNG, JPEG or WebP picture");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
                if (pixels > MOST_PIXELS) {
                    throw JobException.badInput(
                            field + ": must have at most " + MOST_PIXELS + " pixels, not " + pixels);
                }
                return Picture.of(overWhite(reader.read(0)));
            } finally {
                reader.dispose();
            }
        } catch (IOException | RuntimeException e) {
            if (e instanceof JobException refused) {
                throw refused;
            }
            throw new JobException(
                    JobException.Code.BAD_INPUT, field + ": the picture is damaged: " + e.getMessage(), e);
        }
    }

    private static byte[] bytes(String field, String text) {
        String base64 = text.strip();
        if (base64.startsWith("data:")) {
            int comma = base64.indexOf(',');
            if (comma < 0 || !base64.substring(0, comma).endsWith(";base64")) {
                throw JobException.badInput(field + ": a data URI must be base64: data:image/png;base64,…");
            }
            base64 = base64.substring(comma + 1);
        }
        if (base64.length() / 4 * 3L > LARGEST_FILE) {
            throw JobException.badInput(field + ": must be at most " + LARGEST_FILE + " bytes");
        }
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new JobException(
                    JobException.Code.BAD_INPUT, field + ": must be base64 or a base64 data URI: " + e.getMessage(), e);
        }
    }

    private static BufferedImage overWhite(BufferedImage image) {
        if (!image.getColorModel().hasAlpha()) {
            return image;
        }
        var opaque = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = opaque.createGraphics();
        graphics.drawImage(image, 0, 0, Color.WHITE, null);
        graphics.dispose();
        return opaque;
    }
}
