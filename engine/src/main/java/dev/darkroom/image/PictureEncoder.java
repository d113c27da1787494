package dev.darkroom.image;

import com.luciad.imageio.webp.WebPWriteParam;
import com.pngencoder.PngEncoder;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Picture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import org.jspecify.annotations.Nullable;

/** Encodes pictures as PNG, JPEG and WebP files, in memory. */
public final class PictureEncoder {
    /** Deflate's level for PNG files. Rows are filtered, which brings more than a higher level, and costs less. */
    private static final int PNG_LEVEL = 1;

    /** Effort of libwebp, 0 to 6: its default of 4 takes two and a half times as long for files that are 3 % smaller. */
    private static final int WEBP_METHOD = 2;

    /** Pixels from which a PNG file is compressed in parts, by all cores: the bytes depend on the picture, not on the machine. */
    private static final long IN_PARTS = 256 * 256;

    static {
        ImageIO.setUseCache(false); // never a temporary file
    }

    private PictureEncoder() {}

    /**
     * Encodes a picture.
     *
     * @param quality 1 to 100, for JPEG and WebP
     */
    public static byte[] encode(Picture picture, ImageFormat format, int quality) {
        return encode(picture, format, quality, Inscription.NONE);
    }

    /**
     * Encodes a picture, with the parameters that it was made from in its metadata.
     *
     * @param quality 1 to 100, for JPEG and WebP
     * @param parameters as in {@link Inscription}; null for none
     */
    public static byte[] encode(Picture picture, ImageFormat format, int quality, @Nullable String parameters) {
        return encode(picture, format, quality, Inscription.of(parameters));
    }

    /**
     * Encodes a picture, and has its file say something beside its pixels.
     *
     * @param quality 1 to 100, for JPEG and WebP
     */
    public static byte[] encode(Picture picture, ImageFormat format, int quality, Inscription inscription) {
        byte[] file = format == ImageFormat.PNG ? png(picture) : pixels(picture, format, quality);
        try {
            byte[] inscribed = PictureMetadata.embed(file, format, picture.size(), inscription);
            return inscription.seal().sealed(inscribed, format);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] png(Picture picture) {
        return new PngEncoder()
                .withBufferedImage(picture.toImage())
                .withCompressionLevel(PNG_LEVEL)
                .withPredictorEncoding(true)
                .withMultiThreadedCompressionEnabled(picture.size().area() >= IN_PARTS)
                .toBytes();
    }

    private static byte[] pixels(Picture picture, ImageFormat format, int quality) {
        Iterator<ImageWriter> writers = ImageIO.getImageWritersByMIMEType(format.mediaType());
        if (!writers.hasNext()) {
            throw new IllegalStateException("no encoder for " + format.mediaType());
        }
        ImageWriter writer = writers.next();
        var bytes = new ByteArrayOutputStream();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(picture.toImage(), null, null), parameters(writer, quality));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static ImageWriteParam parameters(ImageWriter writer, int quality) {
        ImageWriteParam parameters = writer.getDefaultWriteParam();
        parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        if (parameters instanceof WebPWriteParam webp) {
            webp.setCompressionType("Lossy");
            webp.setMethod(WEBP_METHOD);
        }
        parameters.setCompressionQuality(quality / 100f);
        return parameters;
    }
}
