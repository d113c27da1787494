package dev.darkroom.video;

import dev.darkroom.job.VideoFormat;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Adds a comment to files of formats that FFmpeg writes without one: GIF as a comment extension before the first frame (GIF89a, 24), WebP
 * as a chunk of XMP behind the last one.
 */
final class CommentedFile {
    private static final int GIF_HEADER = 13;
    private static final int GIF_FLAGS = 10;
    private static final int GIF_BLOCK = 255;

    private static final int RIFF_LENGTH = 4;
    private static final int RIFF_HEADER = 8;
    private static final int VP8X_FLAGS = 20;
    private static final int VP8X_END = 30;
    private static final int HAS_XMP = 4;

    private CommentedFile() {}

    /** Makes a copy beside the file that has the comment; MP4 and WebM have it already. */
    static Path of(Path file, VideoSettings settings) throws IOException {
        byte[] comment = String.valueOf(settings.comment()).getBytes(StandardCharsets.UTF_8);
        if (settings.format() != VideoFormat.GIF && settings.format() != VideoFormat.WEBP) {
            return file;
        }
        Path commented = file.resolveSibling("commented");
        try (InputStream in = Files.newInputStream(file);
                OutputStream out = new BufferedOutputStream(Files.newOutputStream(commented))) {
            if (settings.format() == VideoFormat.GIF) {
                gif(in, comment, out);
            } else {
                webp(in, Files.size(file), xmp(String.valueOf(settings.comment())), out);
            }
        }
        return commented;
    }

    private static void gif(InputStream in, byte[] comment, OutputStream out) throws IOException {
        byte[] header = in.readNBytes(GIF_HEADER);
        int flags = header[GIF_FLAGS];
        out.write(header);
        out.write(in.readNBytes(flags < 0 ? 3 << ((flags & 7) + 1) : 0));
        out.write(0x21);
        out.write(0xFE);
        for (int at = 0; at < comment.length; at += GIF_BLOCK) {
            int length = Math.min(GIF_BLOCK, comment.length - at);
            out.write(length);
            out.write(comment, at, length);
        }
        out.write(0);
        in.transferTo(out);
    }

    private static void webp(InputStream in, long length, byte[] xmp, OutputStream out) throws IOException {
        byte[] header = in.readNBytes(VP8X_END);
        if (!new String(header, StandardCharsets.ISO_8859_1).startsWith("VP8X", 12)) {
            out.write(header); // a single frame, which FFmpeg writes as a plain picture
            in.transferTo(out);
            return;
        }
        int padding = xmp.length & 1;
        long whole = length - RIFF_HEADER + 8 + xmp.length + padding;
        ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putInt(RIFF_LENGTH, (int) whole);
        header[VP8X_FLAGS] = (byte) (header[VP8X_FLAGS] | HAS_XMP);
        out.write(header);
        in.transferTo(out);
        out.write("XMP ".getBytes(StandardCharsets.ISO_8859_1));
        out.write(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(xmp.length)
                .array());
        out.write(xmp);
        out.write(new byte[padding]);
    }

    private static byte[] xmp(String comment) {
        var text = new ByteArrayOutputStream();
        text.writeBytes(
                ("<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\">"
                                + "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description"
                                + " xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:description><rdf:Alt><rdf:li"
                                + " xml:lang=\"x-default\">")
                        .getBytes(StandardCharsets.UTF_8));
        text.writeBytes(escaped(comment).getBytes(StandardCharsets.UTF_8));
        text.writeBytes(
                "</rdf:li></rdf:Alt></dc:description></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>"
                        .getBytes(StandardCharsets.UTF_8));
        return text.toByteArray();
    }

    /** What XML has no characters for becomes a space. */
    private static String escaped(String text) {
        return text.replaceAll("[\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\uFFFE\\uFFFF]", " ")
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;");
    }
}
