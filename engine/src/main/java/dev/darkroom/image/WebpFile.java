package dev.darkroom.image;

import dev.darkroom.job.Size;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A WebP file and its chunks. */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
record WebpFile(byte[] file, List<Chunk> chunks) {
    /** Length in bytes of the signature: RIFF, the length of what follows, WEBP. */
    private static final int SIGNATURE = 12;

    /** Length in bytes of type and length before a chunk's content, which an empty byte makes even. */
    private static final int BEFORE = 8;

    private static final int EXTENDED_LENGTH = 10;
    private static final byte HAS_EXIF = 0x08;
    private static final byte HAS_XMP = 0x04;
    private static final byte IS_ANIMATED = 0x02;

    private static final byte[] PREAMBLE_OF_SOME = {'E', 'x', 'i', 'f', 0, 0};

    /**
     * Finds the chunks.
     *
     * @throws DamagedPictureException if the file is shorter than it says
     */
    static WebpFile of(byte[] file) throws DamagedPictureException {
        if (file.length < SIGNATURE) {
            throw DamagedPictureException.tooShort();
        }
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        long end = BEFORE + Integer.toUnsignedLong(bytes.getInt(4));
        List<Chunk> chunks = new ArrayList<>();
        int at = SIGNATURE;
        while (at + BEFORE <= Math.min(end, file.length)) {
            int length = bytes.getInt(at + 4);
            if (length < 0 || length > file.length - at - BEFORE) {
                throw DamagedPictureException.tooShort();
            }
            chunks.add(new Chunk(new String(file, at, 4, StandardCharsets.ISO_8859_1), at + BEFORE, length));
            DamagedPictureException.checkParts(chunks.size());
            at += BEFORE + length + length % 2;
        }
        if (end > file.length + 1L) { // some leave out the last even byte
            throw DamagedPictureException.tooShort();
        }
        return new WebpFile(file, List.copyOf(chunks));
    }

    /** Returns true if a WebP file has several pictures. */
    static boolean isAnimated(byte[] file) {
        return file.length > SIGNATURE + BEFORE
                && new String(file, SIGNATURE, 4, StandardCharsets.ISO_8859_1).equals("VP8X")
                && (file[SIGNATURE + BEFORE] & IS_ANIMATED) != 0;
    }

    /** Returns true if the file has a chunk of this type. */
    boolean has(String type) {
        return chunks.stream().anyMatch(chunk -> chunk.type().equals(type));
    }

    /** Copies the EXIF block, if there is one. */
    Optional<byte[]> exif() {
        return content("EXIF").map(block -> {
            boolean preamble = ByteBuffer.wrap(block)
                    .limit(Math.min(block.length, PREAMBLE_OF_SOME.length))
                    .equals(ByteBuffer.wrap(PREAMBLE_OF_SOME));
            return preamble ? Arrays.copyOfRange(block, PREAMBLE_OF_SOME.length, block.length) : block;
        });
    }

    /** Copies the colour profile, if there is one. */
    Optional<byte[]> profile() {
        return content("ICCP");
    }

    private Optional<byte[]> content(String type) {
        return chunks.stream()
                .filter(chunk -> chunk.type().equals(type))
                .findFirst()
                .map(chunk -> chunk.content(file));
    }

    /** Adds an EXIF block alone, as {@link #withMetadata} does. */
    byte[] withExif(byte[] block, Size size) throws IOException {
        return withMetadata(Optional.of(block), Optional.empty(), size);
    }

    /**
     * Adds an EXIF block and an XMP packet to the file of an opaque picture, which is one chunk; that takes the extended form, in which a
     * header says what there is.
     *
     * @throws IOException if the file is no simple one
     */
    byte[] withMetadata(Optional<byte[]> exif, Optional<byte[]> xmp, Size size) throws IOException {
        if (chunks.size() != 1 || chunks.getFirst().type().equals("VP8X")) {
            throw new IOException("only a simple WebP file can be extended");
        }
        Chunk picture = chunks.getFirst();
        int extended =
                SIGNATURE + BEFORE + EXTENDED_LENGTH + BEFORE + even(picture.length()) + whole(exif) + whole(xmp);
        ByteBuffer bytes = ByteBuffer.allocate(extended).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(ascii("RIFF")).putInt(extended - BEFORE).put(ascii("WEBP"));
        bytes.put(ascii("VP8X"))
                .putInt(EXTENDED_LENGTH)
                .putInt((exif.isPresent() ? HAS_EXIF : 0) | (xmp.isPresent() ? HAS_XMP : 0));
        putThreeBytes(bytes, size.width() - 1);
        putThreeBytes(bytes, size.height() - 1);
        putChunk(bytes, picture.type(), picture.content(file));
        exif.ifPresent(block -> putChunk(bytes, "EXIF", block));
        xmp.ifPresent(packet -> putChunk(bytes, "XMP ", packet));
        return bytes.array();
    }

    private static void putChunk(ByteBuffer bytes, String type, byte[] content) {
        bytes.put(ascii(type)).putInt(content.length).put(content);
        bytes.position(bytes.position() + content.length % 2);
    }

    private static void putThreeBytes(ByteBuffer bytes, int number) {
        bytes.putShort((short) number).put((byte) (number >> 16));
    }

    /** Counts the bytes of a chunk with its frame; 0 for none. */
    private static int whole(Optional<byte[]> content) {
        return content.map(bytes -> BEFORE + even(bytes.length)).orElse(0);
    }

    private static int even(int length) {
        return length + length % 2;
    }

    private static byte[] ascii(String type) {
        return type.getBytes(StandardCharsets.US_ASCII);
    }
}
