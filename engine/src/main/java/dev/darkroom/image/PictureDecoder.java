package dev.darkroom.image;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
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
     * Reads the header of a file that a caller sent.
     *
     * @param field of the payload, for errors
     * @throws JobException if the file is no picture, is too large, or is seen to be damaged before its pixels are decoded
     */
    public PictureFile open(String field, byte[] file) {
        PictureKind kind = PictureKind.of(file)
                .orElseThrow(() -> JobException.badInput(field + ": must be a PNG, JPEG, WebP, GIF or BMP picture"
                        + ForeignFile.name(file).map(name -> ", not " + name).orElse("")));
        return Failure.translated(field, kind, () -> open(field, kind, file));
    }

    /**
     * Decodes a file that a caller sent, whatever memory that takes.
     *
     * @param field of the payload, for errors
     * @throws JobException if the file is no picture, damaged, or too large
     */
    public Picture decode(String field, byte[] file) {
        return open(field, file).picture();
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

    private PictureFile open(String field, PictureKind kind, byte[] file) throws IOException {
        ImageReader reader = kind.reader();
        try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            reader.setInput(in, true, true);
            int width = reader.getWidth(0);
            int height = reader.getHeight(0);
            if (width < 1 || height < 1) {
                throw new DamagedPictureException("it has no pixels");
            }
            check(field, width, height);
            PictureFacts facts = PictureFacts.of(kind, file, new Size(width, height));
            check(field, facts.size().width(), facts.size().height());
            return new PictureFile(field, kind, file, facts);
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
}
