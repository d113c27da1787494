package dev.darkroom.image;

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
    /** ImageIO's quality of PNG files: less is smaller and slower; 0.6 is deflate's level 4. */
    private static final float PNG_EFFORT = 0.6f;

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
        return encode(picture, format, quality, null);
    }

    /**
     * Encodes a picture, with the parameters that it was made from in its metadata.
     *
     * @param quality 1 to 100, for JPEG and WebP
     * @param parameters a text for the file's metadata; null leaves the picture alone in its file. One too long for JPEG (32,000
     *     characters) is left out there
     */
    public static byte[] encode(Picture picture, ImageFormat format, int quality, @Nullable String parameters) {
        byte[] file = pixels(picture, format, quality);
        try {
            return parameters == null ? file : PictureMetadata.embed(file, format, picture.size(), parameters);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
            writer.write(null, new IIOImage(picture.toImage(), null, null), parameters(writer, format, quality));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            writer.dispose();
        }
        return bytes.toByteArray();
    }

    private static ImageWriteParam parameters(ImageWriter writer, ImageFormat format, int quality) {
        ImageWriteParam parameters = writer.getDefaultWriteParam();
        parameters.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        if (format == ImageFormat.WEBP) {
            parameters.setCompressionType("Lossy");
        }
        parameters.setCompressionQuality(format == ImageFormat.PNG ? PNG_EFFORT : quality / 100f);
        return parameters;
    }
}
