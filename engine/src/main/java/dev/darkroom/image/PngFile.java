package dev.darkroom.image;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.InflaterInputStream;

/** A PNG file and its chunks. */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
record PngFile(byte[] file, List<Chunk> chunks) {
    private static final int SIGNATURE = 8;

    /** Length in bytes of length and type, before a chunk's content. */
    private static final int BEFORE = 8;

    /** Length in bytes of the checksum, behind a chunk's content. */
    private static final int BEHIND = 4;

    /** Place of the depth in every file, before the number of what its samples are. */
    private static final int DEPTH = 24;

    private static final int LARGEST_PROFILE = 4 << 20;

    /**
     * Finds the chunks.
     *
     * @throws DamagedPictureException if the file ends within a chunk that the picture needs, or before the first of its pixels, or such a
     *     chunk is not what was written. Where only the end is missing, the decoder finds out whether all pixels are there.
     */
    static PngFile of(byte[] file) throws DamagedPictureException {
        ByteBuffer bytes = ByteBuffer.wrap(file);
        List<Chunk> chunks = new ArrayList<>();
        boolean pixels = false;
        int at = SIGNATURE;
        while (at + BEFORE <= file.length) {
            int length = bytes.getInt(at);
            var chunk = new Chunk(
                    new String(file, at + 4, 4, StandardCharsets.ISO_8859_1), at + BEFORE, Math.max(0, length));
            chunks.add(chunk);
            DamagedPictureException.checkParts(chunks.size());
            if (chunk.type().equals("IEND")) {
                break;
            }
            boolean needed = Character.isUpperCase(chunk.type().charAt(0));
            if (length < 0 || length > file.length - at - BEFORE - BEHIND) {
                pixels &= !needed;
                break;
            }
            if (needed && bytes.getInt(chunk.start() + length) != checksum(file, at + 4, 4 + length)) {
                throw new DamagedPictureException("the checksum of " + chunk.type() + " is wrong");
            }
            pixels |= chunk.type().equals("IDAT");
            at = chunk.start() + length + BEHIND;
        }
        if (!pixels) {
            throw DamagedPictureException.tooShort();
        }
        return new PngFile(file, List.copyOf(chunks));
    }

    /** Returns the bits of a sample, or of a place in the palette. */
    int depth() {
        return file[DEPTH];
    }

    /** Returns the bytes of a pixel in the decoder's image, where none shares a byte with another. */
    int bytesPerPixel() {
        int samples = switch (file[DEPTH + 1]) {
            case 3 -> 1;
            case 0, 4 -> 2; // gray, to which a colour that counts as transparent adds alpha, as it does to others
            default -> 4;
        };
        return samples * Math.ceilDiv(depth(), 8);
    }

    /** Copies the EXIF block, if there is one. */
    Optional<byte[]> exif() {
        return content("eXIf");
    }

    /** Unpacks the colour profile; empty if there is none that can be unpacked. */
    Optional<byte[]> profile() {
        return content("iCCP").flatMap(PngFile::unpacked);
    }

    /** Unpacks a profile's content: its name, a zero, the method, of which there is one, and the compressed profile. */
    private static Optional<byte[]> unpacked(byte[] named) {
        int end = 0;
        while (end < named.length && named[end] != 0) {
            end++;
        }
        int start = Math.min(end + 2, named.length);
        try (InputStream profile =
                new InflaterInputStream(new ByteArrayInputStream(named, start, named.length - start))) {
            return Optional.of(profile.readNBytes(LARGEST_PROFILE));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Optional<byte[]> content(String type) {
        return chunks.stream()
                .filter(chunk -> chunk.type().equals(type))
                .findFirst()
                .map(chunk -> chunk.content(file));
    }

    /** Returns the file with a text in it, under a keyword, before the picture. */
    byte[] withText(String keyword, String text) {
        var content = new ByteArrayOutputStream();
        content.writeBytes(keyword.getBytes(StandardCharsets.ISO_8859_1));
        content.writeBytes(new byte[] {0, 0, 0, 0, 0}); // end of keyword, uncompressed, no language, no translation
        content.writeBytes(text.getBytes(StandardCharsets.UTF_8));

        Chunk header = chunks.getFirst();
        int split = header.start() + header.length() + BEHIND;
        byte[] chunk = chunk("iTXt", content.toByteArray());
        return ByteBuffer.allocate(file.length + chunk.length)
                .put(file, 0, split)
                .put(chunk)
                .put(file, split, file.length - split)
                .array();
    }

    private static byte[] chunk(String type, byte[] content) {
        byte[] chunk = ByteBuffer.allocate(BEFORE + content.length + BEHIND)
                .putInt(content.length)
                .put(type.getBytes(StandardCharsets.ISO_8859_1))
                .put(content)
                .array();
        int end = BEFORE + content.length;
        ByteBuffer.wrap(chunk).putInt(end, checksum(chunk, 4, end - 4));
        return chunk;
    }

    private static int checksum(byte[] bytes, int start, int length) {
        var checksum = new CRC32();
        checksum.update(bytes, start, length);
        return (int) checksum.getValue();
    }
}
