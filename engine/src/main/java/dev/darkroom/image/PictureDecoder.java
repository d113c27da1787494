package dev.darkroom.image;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes PNG, JPEG, WebP, GIF and BMP files: the first picture of several, upright, in sRGB, transparency over white. The size is read
 * from the header first, so that a small file cannot unfold into a huge picture.
 */
public final class PictureDecoder {
    private final PictureLimits limits;

    /** Creates a decoder that refuses pictures beyond the limits. */
    public PictureDecoder(PictureLimits limits) {
        this.limits = limits;
    }

    /**
     * Decodes a file that a caller sent.
     *
     * @param field of the payload, for errors
     * @throws JobException if the file is no picture, damaged, or too large
     */
    public Picture decode(String field, byte[] file) {
        PictureKind kind = PictureKind.of(file)
                .orElseThrow(() -> JobException.badInput(field + ": must be a PNG, JPEG, WebP, GIF or BMP picture"
                        + ForeignFile.name(file).map(name -> ", not " + name).orElse("")));
        try {
            return decode(field, kind, file);
        } catch (IOException | RuntimeException e) {
            if (e instanceof JobException refused) {
                throw refused;
            }
            String reason = Optional.ofNullable(e.getMessage())
                    .map(message -> ": " + message)
                    .orElse("");
            throw new JobException(JobException.Code.BAD_INPUT, field + ": the picture is damaged" + reason, e);
        }
    }

    /**
     * Decodes a file that {@link PictureEncoder} made: no bounds, colour profiles or orientation to heed.
     *
     * @throws IOException if the file is damaged
     */
    public static Picture decodeOwn(byte[] file) throws IOException {
        BufferedImage image = ImageIO.read(new MemoryCacheImageInputStream(new ByteArrayInputStream(file)));
        if (image == null) {
            throw new IOException("no picture");
        }
        return Picture.of(image);
    }

    private Picture decode(String field, PictureKind kind, byte[] file) throws IOException {
        Besides besides = Besides.of(kind, file);
        ImageReader reader = kind.reader();
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            reader.setInput(in, true, true);
            check(field, reader.getWidth(0), reader.getHeight(0));
            Picture picture = Picture.of(PlainColours.of(read(kind, reader), besides.profile()));
            return besides.exif()
                    .map(Orientation::of)
                    .orElse(Orientation.UPRIGHT)
                    .apply(picture);
        } finally {
            reader.dispose();
        }
    }

    private void check(String field, int width, int height) {
        int longer = Math.max(width, height);
        if (longer > limits.longestSide() || longer > (long) limits.widestRatio() * Math.min(width, height)) {
            throw JobException.badInput(field + ": must have sides of at most " + limits.longestSide()
                    + " and a ratio of at most " + limits.widestRatio() + ":1, not " + width + "x" + height);
        }
        long pixels = (long) width * height;
        if (pixels > limits.mostPixels()) {
            throw JobException.badInput(
                    field + ": must have at most " + limits.mostPixels() + " pixels, not " + pixels);
        }
    }

    /** Refuses what a decoder warns of: where data are missing it fills up with gray or black, which is not what was sent. */
    private static BufferedImage read(PictureKind kind, ImageReader reader) throws IOException {
        List<String> damages = new ArrayList<>();
        reader.addIIOReadWarningListener((source, warning) -> {
            if (isDamage(kind, warning)) {
                damages.add(warning);
            }
        });
        BufferedImage image = reader.read(0);
        if (!damages.isEmpty()) {
            throw new IOException(damages.getFirst());
        }
        return image;
    }

    /** Returns true for a harmless warning: superfluous bytes between two parts of a JPEG file are common. */
    private static boolean isDamage(PictureKind kind, String warning) {
        return switch (kind) {
            case GIF -> true;
            case JPEG -> warning.contains("orrupt JPEG data") && !warning.contains("extraneous");
            case PNG, WEBP, BMP -> false;
        };
    }

    /** The metadata of a file that its decoder does not give. */
    private record Besides(Optional<byte[]> exif, Optional<byte[]> profile) {
        static Besides of(PictureKind kind, byte[] file) throws IOException {
            return switch (kind) {
                case PNG -> {
                    PngFile png = PngFile.of(file);
                    yield new Besides(png.exif(), png.profile());
                }
                case JPEG -> new Besides(JpegFile.of(file).exif(), Optional.empty());
                case WEBP -> {
                    WebpFile webp = WebpFile.of(file);
                    yield new Besides(webp.exif(), webp.profile());
                }
                case GIF, BMP -> new Besides(Optional.empty(), Optional.empty());
            };
        }
    }
}
