package dev.darkroom.store;

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

/** Pictures to PNG, JPEG and WebP files, in memory. */
public final class PictureEncoder {
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
        Iterator<ImageWriter> writers = ImageIO.getImageWritersByMIMEType(format.mediaType());
        if (!writers.hasNext()) {
            throw new IllegalStateException("no encoder for " + format.mediaType());
        }
        ImageWriter writer = writers.next();
        var bytes = new ByteArrayOutputStream();
        try (var out = ImageIO.createImageOutputStream(bytes)) {
            writer.setOutput(out);
            writer.write(null, new IIOImage(picture.toImage(), null, null), parameters(writer, format, quality));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static @Nullable ImageWriteParam parameters(ImageWriter writer, ImageFormat format, int quality) {
        ImageWriteParam parameters = writer.getDefaultWriteParam();
        switch (format) {
            case PNG -> {
                parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                parameters.setCompressionQuality(0.6f);
            }
            case JPEG -> {
                parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                parameters.setCompressionQuality(quality / 100f);
            }
            case WEBP -> {
                parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
                parameters.setCompressionType("Lossy");
                parameters.setCompressionQuality(quality / 100f);
            }
        }
        return parameters;
    }
}
