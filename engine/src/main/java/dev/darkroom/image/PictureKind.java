package dev.darkroom.image;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/** The file formats of source images, each with the one library that reads it here. */
enum PictureKind {
    PNG("PNG", "image/png", "com.sun.imageio"),
    JPEG("JPEG", "image/jpeg", "com.twelvemonkeys"), // Java's own shows CMYK in wrong colours
    WEBP("WebP", "image/webp", "com.luciad"),
    GIF("GIF", "image/gif", "com.sun.imageio"),
    BMP("BMP", "image/bmp", "com.sun.imageio");

    static {
        ImageIO.setUseCache(false); // never a temporary file
    }

    private static final int BMP_HEADER_LENGTH = 14;
    static final int BMP_OLDEST_HEADER = 12;
    private static final int BMP_COMPRESSION = 30;
    private static final int BMP_JPEG_INSIDE = 4;

    private final String title;
    private final String mediaType;
    private final String library;

    PictureKind(String title, String mediaType, String library) {
        this.title = title;
        this.mediaType = mediaType;
        this.library = library;
    }

    /** Recognises a file by its first bytes; empty if it has none of these formats, or a rarer form that is not read. */
    static Optional<PictureKind> of(byte[] file) {
        String start = new String(file, 0, Math.min(file.length, 16), StandardCharsets.ISO_8859_1);
        if (start.startsWith("\u0089PNG\r\n\u001A\n")) {
            return Optional.of(PNG);
        }
        if (start.startsWith("\u00FF\u00D8\u00FF")) {
            return Optional.of(JPEG);
        }
        if (start.startsWith("RIFF") && start.startsWith("WEBP", 8)) {
            return Optional.of(WEBP).filter(kind -> !WebpFile.isAnimated(file));
        }
        if (start.startsWith("GIF87a") || start.startsWith("GIF89a")) {
            return Optional.of(GIF);
        }
        if (start.startsWith("BM") && file.length > BMP_COMPRESSION) {
            boolean ownPixels = file[BMP_HEADER_LENGTH] == BMP_OLDEST_HEADER || file[BMP_COMPRESSION] < BMP_JPEG_INSIDE;
            return Optional.of(BMP).filter(kind -> ownPixels);
        }
        return Optional.empty();
    }

    /** Returns the format's name as people write it. */
    String title() {
        return title;
    }

    /** Returns the media type, such as {@code image/png}. */
    String mediaType() {
        return mediaType;
    }

    /** Creates a decoder, to be disposed of after use. */
    ImageReader reader() {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByMIMEType(mediaType);
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (reader.getClass().getName().startsWith(library)) {
                return reader;
            }
        }
        throw new IllegalStateException(
                "no decoder for " + mediaType + " in " + Arrays.toString(ImageIO.getReaderMIMETypes()));
    }
}
