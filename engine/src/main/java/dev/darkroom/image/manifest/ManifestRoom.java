package dev.darkroom.image.manifest;

import dev.darkroom.job.ImageFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * Room in a picture's file for a manifest store of a known length, before its bytes are known: what is to be signed says where it lies.
 *
 * @param file without content credentials, as this program's encoder made it
 * @param storeLength length of the manifest store in bytes
 * @param start offset of the room in the finished file
 * @param length of the room in bytes, its frame with it
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
public record ManifestRoom(byte[] file, ImageFormat format, int storeLength, int start, int length) {
    private static final int PNG_FRAME = 12;
    private static final int RIFF_FRAME = 8;

    /** Offset behind a PNG file's header, which is always as long. */
    private static final int BEHIND_PNG_HEADER = 33;

    /** Most bytes of a box in one segment: what its length can say, less the frames, and less the header that is repeated. */
    private static final int MOST_IN_SEGMENT = 0xFFFF - 2 - EmbeddedManifest.JPEG_PREFIX - EmbeddedManifest.BOX_HEADER;

    /**
     * Finds the place for a manifest store.
     *
     * @param storeLength in bytes, at least 16
     */
    public static ManifestRoom in(byte[] file, ImageFormat format, int storeLength) {
        return switch (format) {
            case PNG -> new ManifestRoom(file, format, storeLength, BEHIND_PNG_HEADER, PNG_FRAME + storeLength);
            case JPEG -> new ManifestRoom(file, format, storeLength, behindFirstSegment(file), jpegLength(storeLength));
            case WEBP ->
                new ManifestRoom(file, format, storeLength, file.length + file.length % 2, RIFF_FRAME + storeLength);
        };
    }

    private static int behindFirstSegment(byte[] file) {
        boolean named = (file[3] & 0xFF) == 0xE0; // JFIF's segment comes first
        return named ? 4 + ((file[4] & 0xFF) << 8 | (file[5] & 0xFF)) : 2;
    }

    private static int jpegLength(int storeLength) {
        int first = 4 + EmbeddedManifest.JPEG_PREFIX;
        int further = first + EmbeddedManifest.BOX_HEADER;
        int segments = segments(storeLength);
        return storeLength + first + (segments - 1) * further;
    }

    private static int segments(int storeLength) {
        return Math.ceilDiv(storeLength - EmbeddedManifest.BOX_HEADER, MOST_IN_SEGMENT);
    }

    /** Returns the finished file, with the manifest store in its room. */
    public byte[] filled(byte[] store) {
        if (store.length != storeLength) {
            throw new IllegalArgumentException(store.length + " bytes in a room for " + storeLength);
        }
        // a chunk of odd length has an empty byte behind it, which is no part of it
        int padding = format == ImageFormat.WEBP ? length % 2 : 0;
        byte[] whole = new byte[Math.max(file.length, start) + length + padding];
        ByteBuffer bytes = ByteBuffer.wrap(whole);
        bytes.put(file, 0, Math.min(start, file.length)).position(start);
        switch (format) {
            case PNG -> putChunk(bytes, store);
            case JPEG -> putSegments(bytes, store);
            case WEBP -> putRiff(bytes.order(ByteOrder.LITTLE_ENDIAN), store);
        }
        bytes.position(start + length);
        if (start < file.length) {
            bytes.put(file, start, file.length - start);
        }
        return whole;
    }

    private static void putChunk(ByteBuffer bytes, byte[] store) {
        byte[] type = EmbeddedManifest.PNG_CHUNK.getBytes(StandardCharsets.US_ASCII);
        var checksum = new CRC32();
        checksum.update(type);
        checksum.update(store);
        bytes.putInt(store.length).put(type).put(store).putInt((int) checksum.getValue());
    }

    private static void putSegments(ByteBuffer bytes, byte[] store) {
        int header = EmbeddedManifest.BOX_HEADER;
        int at = header;
        for (int packet = 1; at < store.length; packet++) {
            int length = Math.min(MOST_IN_SEGMENT, store.length - at);
            bytes.put((byte) 0xFF).put((byte) 0xEB).putShort((short)
                    (2 + EmbeddedManifest.JPEG_PREFIX + header + length));
            bytes.put((byte) 'J').put((byte) 'P').putShort((short) 1).putInt(packet);
            bytes.put(store, 0, header).put(store, at, length);
            at += length;
        }
    }

    private static void putRiff(ByteBuffer bytes, byte[] store) {
        bytes.putInt(4, bytes.capacity() - RIFF_FRAME);
        bytes.put(EmbeddedManifest.WEBP_CHUNK.getBytes(StandardCharsets.US_ASCII))
                .putInt(store.length)
                .put(store);
    }
}
