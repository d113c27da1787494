package dev.darkroom.image;

import dev.darkroom.image.manifest.XmpPacket;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Size;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Writes what a picture says of itself into its file, where other programs look for it: the parameters that it was made from as the text
 * {@code parameters} of PNG, or the user's comment of EXIF in JPEG and WebP; and how it came about as XMP. The pixels stay as they are.
 */
final class PictureMetadata {
    private static final String KEYWORD = "parameters";

    private static final short EXIF_DIRECTORY = (short) 0x8769;
    private static final short USER_COMMENT = (short) 0x9286;
    private static final short LONG = 4;
    private static final short UNDEFINED = 7;

    /** Length in bytes: two for the number of entries, twelve for the one, four for the address of a next directory. */
    private static final int DIRECTORY_LENGTH = 18;

    private static final int TIFF_HEADER = 8;

    private PictureMetadata() {}

    /** Adds what there is to say to a file. */
    static byte[] embed(byte[] file, ImageFormat format, Size size, Inscription inscription) throws IOException {
        Optional<String> text = Optional.ofNullable(inscription.parameters()).map(PictureMetadata::wellFormed);
        Optional<String> xmp = Optional.ofNullable(inscription.label()).map(Inscription.Label::xmp);
        if (text.isEmpty() && xmp.isEmpty()) {
            return file;
        }
        return switch (format) {
            case PNG -> inPng(file, text, xmp);
            case JPEG -> inJpeg(file, text, xmp);
            case WEBP ->
                WebpFile.of(file)
                        .withMetadata(
                                text.map(PictureMetadata::exif),
                                xmp.map(it -> it.getBytes(StandardCharsets.UTF_8)),
                                size);
        };
    }

    private static byte[] inPng(byte[] file, Optional<String> text, Optional<String> xmp) throws IOException {
        byte[] labelled = xmp.isPresent() ? PngFile.of(file).withText(XmpPacket.PNG_KEYWORD, xmp.get()) : file;
        return text.isPresent() ? PngFile.of(labelled).withText(KEYWORD, text.get()) : labelled;
    }

    private static byte[] inJpeg(byte[] file, Optional<String> text, Optional<String> xmp) throws IOException {
        byte[] labelled = xmp.isPresent() ? JpegFile.of(file).withXmp(xmp.get()).orElse(file) : file;
        return text.isPresent()
                ? JpegFile.of(labelled).withExif(exif(text.get())).orElse(labelled)
                : labelled;
    }

    /** Replaces what is half a character by U+FFFD. */
    private static String wellFormed(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_16LE), StandardCharsets.UTF_16LE);
    }

    /** Builds an EXIF block with a comment: a directory that leads to the EXIF directory, whose entry leads to the text behind it. */
    private static byte[] exif(String comment) {
        byte[] code = {'U', 'N', 'I', 'C', 'O', 'D', 'E', 0};
        byte[] text = comment.getBytes(StandardCharsets.UTF_16LE);
        int exifDirectory = TIFF_HEADER + DIRECTORY_LENGTH;
        int content = exifDirectory + DIRECTORY_LENGTH;
        ByteBuffer block =
                ByteBuffer.allocate(content + code.length + text.length).order(ByteOrder.LITTLE_ENDIAN);
        block.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(TIFF_HEADER);
        putDirectory(block, EXIF_DIRECTORY, LONG, 1, exifDirectory);
        putDirectory(block, USER_COMMENT, UNDEFINED, code.length + text.length, content);
        return block.put(code).put(text).array();
    }

    /** Writes a directory of one entry. */
    private static void putDirectory(ByteBuffer block, short tag, short type, int count, int value) {
        block.putShort((short) 1)
                .putShort(tag)
                .putShort(type)
                .putInt(count)
                .putInt(value)
                .putInt(0);
    }
}
