package dev.darkroom.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A JPEG file as the segments before and between its scans. What follows the picture's end is not looked at. */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
record JpegFile(byte[] file, List<Segment> segments) {
    private static final int SIGNATURE = 2;
    private static final int END = 0xD9;
    private static final int START_OF_SCAN = 0xDA;
    private static final int APP0 = 0xE0;
    private static final int APP1 = 0xE1;

    private static final byte[] EXIF = {'E', 'x', 'i', 'f', 0, 0};
    private static final int LARGEST_SEGMENT = 0xFFFF - 2;

    /** Most scans of a file: encoders write about ten, and each costs a pass over the whole picture, however short it is. */
    private static final int MOST_SCANS = 100;

    /**
     * A segment of the file.
     *
     * @param start offset of its content in the file
     * @param length of its content in bytes
     */
    record Segment(int marker, int start, int length) {}

    /**
     * Finds the segments; data of scans are skipped like anything else that is no marker.
     *
     * @throws IOException if there is no end of the picture
     */
    static JpegFile of(byte[] file) throws IOException {
        List<Segment> segments = new ArrayList<>();
        int scans = 0;
        int at = SIGNATURE;
        while (at + 1 < file.length) {
            int marker = file[at + 1] & 0xFF;
            if (file[at] != (byte) 0xFF || marker == 0 || marker == 0xFF) {
                at++;
            } else if (marker == END) {
                return new JpegFile(file, List.copyOf(segments));
            } else if (standsAlone(marker)) {
                at += 2;
            } else {
                int length = at + 4 <= file.length ? (file[at + 2] & 0xFF) << 8 | (file[at + 3] & 0xFF) : 0;
                if (length < 2 || length > file.length - at - 2) {
                    break;
                }
                segments.add(new Segment(marker, at + 4, length - 2));
                at += 2 + length;
                if (marker == START_OF_SCAN && ++scans > MOST_SCANS) {
                    throw new IOException("it has more than " + MOST_SCANS + " scans");
                }
            }
        }
        throw new IOException("it ends too early");
    }

    /** Returns true for restart markers, which are in the data of scans, and for two that mean nothing there. */
    private static boolean standsAlone(int marker) {
        return marker <= 0x01 || (marker >= 0xD0 && marker <= 0xD8);
    }

    /** Copies the EXIF block, if there is one. */
    Optional<byte[]> exif() {
        return segments.stream()
                .filter(segment -> segment.marker() == APP1)
                .map(segment -> Arrays.copyOfRange(file, segment.start(), segment.start() + segment.length()))
                .filter(content ->
                        Arrays.equals(EXIF, 0, EXIF.length, content, 0, Math.min(EXIF.length, content.length)))
                .map(content -> Arrays.copyOfRange(content, EXIF.length, content.length))
                .findFirst();
    }

    /** Returns the file with an EXIF block in it; empty if the block is too large for a segment, or the file has none to put it before. */
    Optional<byte[]> withExif(byte[] block) {
        int length = EXIF.length + block.length;
        if (length > LARGEST_SEGMENT || segments.isEmpty()) {
            return Optional.empty();
        }
        Segment first = segments.getFirst();
        int split = first.marker() == APP0 ? first.start() + first.length() : SIGNATURE;
        return Optional.of(ByteBuffer.allocate(file.length + 4 + length)
                .put(file, 0, split)
                .put((byte) 0xFF)
                .put((byte) APP1)
                .putShort((short) (2 + length))
                .put(EXIF)
                .put(block)
                .put(file, split, file.length - split)
                .array());
    }
}
