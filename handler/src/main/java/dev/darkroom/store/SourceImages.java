package dev.darkroom.store;

import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Source images of jobs: PNG, JPEG or WebP as base64 or as a data URI. Size is read from the header first, so that a small file cannot
 * unfold into a huge picture. Transparency becomes white.
 */
public final class SourceImages {
    private static final int LARGEST_FILE = 20 << 20;
    private static final long MOST_PIXELS = 64L << 20;
    private static final int LONGEST_SIDE = 16_384;
    private static final int WIDEST_RATIO = 16;

    private static final byte START_OF_SCAN = (byte) 0xDA;
    private static final byte END_OF_IMAGE = (byte) 0xD9;

    private SourceImages() {}

    /**
     * Decodes an image.
     *
     * @param field the payload's field, for errors
     */
    public static Picture decode(String field, String text) {
        byte[] file = bytes(field, text);
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            ImageReader reader = reader(in)
                    .orElseThrow(() -> JobException.badInput(field + ": must be a PNG, JPEG or WebP picture"));
            try {
                reader.setInput(in, true, true);
                checkShape(field, reader.getWidth(0), reader.getHeight(0));
                long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
                if (pixels > MOST_PIXELS) {
                    throw JobException.badInput(
                            field + ": must have at most " + MOST_PIXELS + " pixels, not " + pixels);
                }
                if (isOfFormat(reader, ImageFormat.JPEG) && !hasJpegEnd(file)) {
                    throw new IOException("it ends too early");
                }
                return Picture.of(overWhite(withPlainLevels(reader.read(0))));
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

    /** Java reads more formats than these; its others are rarely meant and little tried. */
    private static Optional<ImageReader> reader(ImageInputStream in) {
        Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (Arrays.stream(ImageFormat.values()).anyMatch(format -> isOfFormat(reader, format))) {
                return Optional.of(reader);
            }
        }
        return Optional.empty();
    }

    private static boolean isOfFormat(ImageReader reader, ImageFormat format) {
        return List.of(reader.getOriginatingProvider().getMIMETypes()).contains(format.mediaType());
    }

    /** Java fills up with gray where a JPEG file was cut off. Marker bytes cannot occur in its data, so the end must follow the last scan. */
    private static boolean hasJpegEnd(byte[] file) {
        for (int i = file.length - 2; i >= 0; i--) {
            if (file[i] == (byte) 0xFF && (file[i + 1] == END_OF_IMAGE || file[i + 1] == START_OF_SCAN)) {
                return file[i + 1] == END_OF_IMAGE;
            }
        }
        return false;
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

    /** Java takes the levels of a gray picture for amounts of light and brightens them; they are to stay as they are. */
    private static BufferedImage withPlainLevels(BufferedImage image) {
        ColorModel model = image.getColorModel();
        if (model.getColorSpace().getType() != ColorSpace.TYPE_GRAY) {
            return image;
        }
        int width = image.getWidth();
        var plain = new BufferedImage(width, image.getHeight(), BufferedImage.TYPE_INT_ARGB);
        int most = (1 << model.getComponentSize(0)) - 1;
        int[] levels = new int[width];
        int[] alphas = new int[width];
        Arrays.fill(alphas, most);
        for (int y = 0; y < image.getHeight(); y++) {
            image.getRaster().getSamples(0, y, width, 1, 0, levels);
            if (model.hasAlpha()) {
                image.getRaster().getSamples(0, y, width, 1, 1, alphas);
            }
            for (int x = 0; x < width; x++) {
                plain.setRGB(x, y, ((255 * alphas[x] / most) << 24) | ((255 * levels[x] / most) * 0x010101));
            }
        }
        return plain;
    }

    private static void checkShape(String field, int width, int height) {
        int longer = Math.max(width, height);
        if (longer > LONGEST_SIDE || longer > WIDEST_RATIO * Math.min(width, height)) {
            throw JobException.badInput(field + ": must have sides of at most " + LONGEST_SIDE
                    + " and a ratio of at most " + WIDEST_RATIO + ":1, not " + width + "x" + height);
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
