package dev.darkroom.image.manifest;

import dev.darkroom.job.FileFormat;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.VideoFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * Room in the file of a picture or film for a manifest store of a known length, before its bytes are known: what is to be signed says where it lies.
 *
 * @param file without content credentials, as this program's encoder made it
 * @param storeLength length of the manifest store in bytes
 * @param start offset of the room in the finished file
 * @param length of the room in bytes, its frame with it
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
public record ManifestRoom(byte[] file, FileFormat format, int storeLength, int start, int length) {
    private static final int PNG_FRAME = 12;
    private static final int RIFF_FRAME = 8;

    /** Offset behind a PNG file's header, which is always as long. */
    private static final int BEHIND_PNG_HEADER = 33;

    /** Most bytes of a box in one segment: what its length can say, less the frames, and less the header that is repeated. */
    private static final int MOST_IN_SEGMENT = 0xFFFF - 2 - EmbeddedManifest.JPEG_PREFIX - EmbeddedManifest.BOX_HEADER;

    /** Returns true for formats that have a place for a manifest store: Matroska, and so WebM, has none, and an archive's is not read by many. */
    public static boolean isIn(FileFormat format) {
        return format != VideoFormat.WEBM && format != VideoFormat.ZIP;
    }

    /**
     * Finds the place for a manifest store.
     *
     * @param storeLength in bytes, at least 16
     * @throws IllegalArgumentException if the format has none, or the file is of another one
     */
    public static ManifestRoom in(byte[] file, FileFormat format, int storeLength) {
        int start = switch (format) {
            case ImageFormat.PNG -> BEHIND_PNG_HEADER;
            case ImageFormat.JPEG -> behindFirstSegment(file);
            case ImageFormat.WEBP, VideoFormat.WEBP -> file.length + file.length % 2;
            case VideoFormat.GIF -> GifManifest.place(file);
            case VideoFormat.MP4 -> Mp4Manifest.place(file);
            case VideoFormat.WEBM, VideoFormat.ZIP -> throw without(format);
        };
        return new ManifestRoom(file, format, storeLength, start, length(format, storeLength));
    }

    private static int length(FileFormat format, int storeLength) {
        return switch (format) {
            case ImageFormat.PNG -> PNG_FRAME + storeLength;
            case ImageFormat.JPEG -> jpegLength(storeLength);
            case ImageFormat.WEBP, VideoFormat.WEBP -> RIFF_FRAME + storeLength;
            case VideoFormat.GIF -> GifManifest.length(storeLength);
            case VideoFormat.MP4 -> Mp4Manifest.length(storeLength);
            case VideoFormat.WEBM, VideoFormat.ZIP -> throw without(format);
        };
    }

    private static IllegalArgumentException without(FileFormat format) {
        return new IllegalArgumentException(format.fieldValue() + " has no place for content credentials");
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
        byte[] whole = opened();
        fill(whole, store);
        return whole;
    }

    /** Returns a copy of the file with the room in it, empty. */
    public byte[] opened() {
        // a chunk of odd length has an empty byte behind it, which is no part of it
        int padding = isRiff() ? length % 2 : 0;
        byte[] whole = new byte[Math.max(file.length, start) + length + padding];
        System.arraycopy(file, 0, whole, 0, Math.min(start, file.length));
        if (start < file.length) {
            System.arraycopy(file, start, whole, start + length, file.length - start);
        }
        fill(whole, new byte[storeLength]);
        if (format == VideoFormat.MP4) {
            Mp4Manifest.moved(whole, start, length);
        }
        return whole;
    }

    private boolean isRiff() {
        return format == ImageFormat.WEBP || format == VideoFormat.WEBP;
    }

    /**
     * Puts a manifest store into its room.
     *
     * @param whole as {@link #opened} returned it
     */
    public void fill(byte[] whole, byte[] store) {
        if (store.length != storeLength) {
            throw new IllegalArgumentException(store.length + " bytes in a room for " + storeLength);
        }
        ByteBuffer bytes = ByteBuffer.wrap(whole).position(start);
        switch (format) {
            case ImageFormat.PNG -> putChunk(bytes, store);
            case ImageFormat.JPEG -> putSegments(bytes, store);
            case ImageFormat.WEBP, VideoFormat.WEBP -> putRiff(bytes.order(ByteOrder.LITTLE_ENDIAN), store);
            case VideoFormat.GIF -> GifManifest.put(bytes, store);
            case VideoFormat.MP4 -> Mp4Manifest.put(bytes, store);
            case VideoFormat.WEBM, VideoFormat.ZIP -> throw without(format);
        }
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
