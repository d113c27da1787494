package dev.darkroom.video;

import dev.darkroom.image.Inscription;
import dev.darkroom.image.manifest.XmpPacket;
import dev.darkroom.job.Size;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Adds what FFmpeg writes into no file: a GIF's comment, as a comment extension before the first frame (GIF89a, 24), and a label as XMP. That is
 * an application extension in GIF, a chunk behind the frames in WebP, and a box behind all others in MP4, as XMP's specification has it.
 */
final class CommentedFile {
    private static final int GIF_HEADER = 13;
    private static final int GIF_FLAGS = 10;
    private static final int GIF_BLOCK = 255;
    private static final byte[] GIF_XMP = ascii("!\u00FF\u000BXMP DataXMP");

    private static final int RIFF_LENGTH = 4;
    private static final int RIFF_HEADER = 8;
    private static final int WEBP_HEADER = 12;
    private static final int VP8X_FLAGS = 8;
    private static final int VP8X = 18;
    private static final int HAS_XMP = 4;

    private static final int BOX_HEADER = 8;

    private CommentedFile() {}

    /** Returns the file, or a copy beside it, that has all that the settings want said; WebM says all from the start. */
    static Path of(Path file, VideoSettings settings) throws IOException {
        String comment = settings.comment();
        Inscription.Label label = settings.label();
        if (comment == null && label == null) {
            return file;
        }
        return switch (settings.format()) {
            case GIF -> copy(file, (in, out) -> gif(in, comment, label, out));
            case WEBP -> {
                byte[] xmp = bytes(xmp(label, comment));
                yield copy(file, (in, out) -> webp(in, Files.size(file), settings.size(), xmp, out));
            }
            case MP4 -> label == null ? file : mp4(file, bytes(label.xmp()));
            case WEBM, ZIP -> file;
        };
    }

    private interface Copy {
        void from(InputStream in, OutputStream out) throws IOException;
    }

    private static Path copy(Path file, Copy copy) throws IOException {
        Path commented = file.resolveSibling("commented");
        try (InputStream in = Files.newInputStream(file);
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(commented))) {
            copy.from(in, out);
        }
        return commented;
    }

    private static void gif(
            InputStream in, @Nullable String comment, Inscription.@Nullable Label label, OutputStream out)
            throws IOException {
        byte[] header = in.readNBytes(GIF_HEADER);
        int flags = header[GIF_FLAGS];
        out.write(header);
        out.write(in.readNBytes(flags < 0 ? 3 << ((flags & 7) + 1) : 0));
        if (comment != null) {
            gifComment(bytes(comment), out);
        }
        if (label != null) {
            out.write(GIF_XMP);
            out.write(bytes(label.xmp()));
            gifTrailer(out);
        }
        in.transferTo(out);
    }

    private static void gifComment(byte[] comment, OutputStream out) throws IOException {
        out.write(0x21);
        out.write(0xFE);
        for (int at = 0; at < comment.length; at += GIF_BLOCK) {
            int length = Math.min(GIF_BLOCK, comment.length - at);
            out.write(length);
            out.write(comment, at, length);
        }
        out.write(0);
    }

    /** XMP stands there as it is, not in blocks: wherever a reader of blocks comes out of it, these bytes lead it to the end. */
    private static void gifTrailer(OutputStream out) throws IOException {
        out.write(1);
        for (int length = GIF_BLOCK; length >= 0; length--) {
            out.write(length);
        }
        out.write(0);
    }

    /** Adds a chunk to the extended form; that of a single frame, which FFmpeg writes as a plain picture, becomes one. */
    private static void webp(InputStream in, long length, Size size, byte[] xmp, OutputStream out) throws IOException {
        byte[] header = in.readNBytes(WEBP_HEADER);
        byte[] first = in.readNBytes(VP8X);
        boolean isExtended = new String(first, StandardCharsets.ISO_8859_1).startsWith("VP8X");
        byte[] extension = isExtended ? first : extension(size);
        extension[VP8X_FLAGS] = (byte) (extension[VP8X_FLAGS] | HAS_XMP);
        long whole = length + (isExtended ? 0 : VP8X) + RIFF_HEADER + xmp.length + (xmp.length & 1);
        littleEndian(header).putInt(RIFF_LENGTH, (int) whole - RIFF_HEADER);
        out.write(header);
        out.write(extension);
        if (!isExtended) {
            out.write(first);
        }
        in.transferTo(out);
        out.write(ascii("XMP "));
        out.write(littleEndian(new byte[Integer.BYTES]).putInt(xmp.length).array());
        out.write(xmp);
        out.write(new byte[xmp.length & 1]);
    }

    /** Says how large an opaque picture is. */
    private static byte[] extension(Size size) {
        ByteBuffer bytes = littleEndian(new byte[VP8X]);
        bytes.put(ascii("VP8X")).putInt(VP8X - RIFF_HEADER).putInt(0);
        for (int side : new int[] {size.width() - 1, size.height() - 1}) {
            bytes.putShort((short) side).put((byte) (side >> 16));
        }
        return bytes.array();
    }

    private static Path mp4(Path file, byte[] xmp) throws IOException {
        ByteBuffer box = ByteBuffer.allocate(BOX_HEADER + XmpPacket.MP4_ID.length + xmp.length);
        box.putInt(box.capacity()).put(ascii("uuid")).put(XmpPacket.MP4_ID).put(xmp);
        Files.write(file, box.array(), StandardOpenOption.APPEND);
        return file;
    }

    /** Returns a label, the comment with it, or the comment alone. */
    private static String xmp(Inscription.@Nullable Label label, @Nullable String comment) {
        return label == null
                ? Inscription.Label.described(String.valueOf(comment))
                : label.xmp(comment == null ? "" : comment);
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
