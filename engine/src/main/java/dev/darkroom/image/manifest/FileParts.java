package dev.darkroom.image.manifest;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The parts of a PNG, JPEG, WebP, GIF or MP4 file from anywhere: as far as the file goes on being one, without regard to its pixels. Nothing is
 * thrown for a damaged file, whose parts end where it does.
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
record FileParts(byte[] file, Kind kind, List<Part> parts) {
    private static final int MOST_PARTS = 50_000;

    /** Length in bytes of a PNG chunk beside its content: length and type before it, checksum behind it. */
    private static final int PNG_FRAME = 12;

    private static final int JPEG_FRAME = 4;
    private static final int RIFF_FRAME = 8;
    private static final int START_OF_SCAN = 0xDA;

    /** A kind of file that can have content credentials. */
    enum Kind {
        PNG,
        JPEG,
        WEBP,
        GIF,
        /** And other files of boxes, such as AVIF's and HEIC's. */
        MP4
    }

    /**
     * A chunk, segment, block or box.
     *
     * @param type four letters, or the number of a JPEG marker or of a GIF block
     * @param start offset of the whole part
     * @param end offset behind the whole part
     * @param content offset of its content
     * @param length of its content in bytes
     */
    record Part(String type, int start, int end, int content, int length) {}

    /** Takes a file apart; empty if it is of another kind. */
    static Optional<FileParts> of(byte[] file) {
        String start = new String(file, 0, Math.min(file.length, 16), StandardCharsets.ISO_8859_1);
        if (start.startsWith("\u0089PNG\r\n\u001A\n")) {
            return Optional.of(new FileParts(file, Kind.PNG, png(file)));
        }
        if (start.startsWith("\u00FF\u00D8\u00FF")) {
            return Optional.of(new FileParts(file, Kind.JPEG, jpeg(file)));
        }
        if (start.startsWith("RIFF") && start.startsWith("WEBP", 8)) {
            return Optional.of(new FileParts(file, Kind.WEBP, webp(file)));
        }
        if (start.startsWith("GIF87a") || start.startsWith("GIF89a")) {
            return Optional.of(new FileParts(file, Kind.GIF, GifBlocks.of(file, MOST_PARTS)));
        }
        if (BmffBoxes.begins(file)) {
            return Optional.of(new FileParts(file, Kind.MP4, mp4(file)));
        }
        return Optional.empty();
    }

    private static List<Part> png(byte[] file) {
        List<Part> parts = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(file);
        int at = 8;
        while (at + PNG_FRAME <= file.length && parts.size() < MOST_PARTS) {
            int length = bytes.getInt(at);
            if (length < 0 || length > file.length - at - PNG_FRAME) {
                break;
            }
            String type = new String(file, at + 4, 4, StandardCharsets.ISO_8859_1);
            parts.add(new Part(type, at, at + PNG_FRAME + length, at + 8, length));
            at += PNG_FRAME + length;
        }
        return parts;
    }

    /** Reads segments up to the first scan: content credentials stand before it. */
    private static List<Part> jpeg(byte[] file) {
        List<Part> parts = new ArrayList<>();
        int at = 2;
        while (at + JPEG_FRAME <= file.length && file[at] == (byte) 0xFF && parts.size() < MOST_PARTS) {
            int marker = file[at + 1] & 0xFF;
            int length = (file[at + 2] & 0xFF) << 8 | (file[at + 3] & 0xFF);
            if (marker == START_OF_SCAN || length < 2 || length > file.length - at - 2) {
                break;
            }
            parts.add(new Part(Integer.toHexString(marker), at, at + 2 + length, at + JPEG_FRAME, length - 2));
            at += 2 + length;
        }
        return parts;
    }

    private static List<Part> webp(byte[] file) {
        List<Part> parts = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        int at = 12;
        while (at + RIFF_FRAME <= file.length && parts.size() < MOST_PARTS) {
            int length = bytes.getInt(at + 4);
            if (length < 0 || length > file.length - at - RIFF_FRAME) {
                break;
            }
            String type = new String(file, at, 4, StandardCharsets.ISO_8859_1);
            int end = Math.min(file.length, at + RIFF_FRAME + length + length % 2);
            parts.add(new Part(type, at, end, at + RIFF_FRAME, length));
            at = end;
        }
        return parts;
    }

    private static List<Part> mp4(byte[] file) {
        return new BmffBoxes(file)
                .all().stream()
                        .map(box ->
                                new Part(box.type(), box.start(), box.end(), box.content(), box.end() - box.content()))
                        .toList();
    }

    /** Lists the parts of a type. */
    List<Part> all(String type) {
        return parts.stream().filter(part -> part.type.equals(type)).toList();
    }

    /** Copies the content of a part. */
    byte[] content(Part part) {
        return Arrays.copyOfRange(file, part.content, part.content + part.length);
    }

    /** Returns true if the content of a part begins with these bytes. */
    boolean begins(Part part, byte[] beginning) {
        return part.length >= beginning.length
                && Arrays.equals(file, part.content, part.content + beginning.length, beginning, 0, beginning.length);
    }
}
