package dev.darkroom.image;

import dev.darkroom.image.manifest.XmpPacket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
    private static final int APP2 = 0xE2;

    /** Place of the number of components in a frame's header: behind precision, height and width. */
    private static final int COMPONENTS = 5;

    private static final byte[] EXIF = {'E', 'x', 'i', 'f', 0, 0};

    /** Beginning of a colour profile's segments. */
    private static final byte[] PROFILE = "ICC_PROFILE".getBytes(StandardCharsets.US_ASCII);

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
     * @throws DamagedPictureException if there is no end of the picture, and none can be told: nobody knows whether more scans were to come
     */
    static JpegFile of(byte[] file) throws DamagedPictureException {
        List<Segment> segments = new ArrayList<>();
        int scans = 0;
        int at = SIGNATURE;
        while (at + 1 < file.length) {
            int marker = file[at + 1] & 0xFF;
            if (file[at] != (byte) 0xFF || marker == 0 || marker == 0xFF) {
                at++;
            } else if (marker == END) {
                if (scans > MOST_SCANS) {
                    throw new DamagedPictureException("it has more than " + MOST_SCANS + " scans");
                }
                return new JpegFile(file, List.copyOf(segments));
            } else if (standsAlone(marker)) {
                at += 2;
            } else {
                int length = at + 4 <= file.length ? (file[at + 2] & 0xFF) << 8 | (file[at + 3] & 0xFF) : 0;
                if (length < 2 || length > file.length - at - 2) {
                    break;
                }
                segments.add(new Segment(marker, at + 4, length - 2));
                DamagedPictureException.checkParts(segments.size());
                at += 2 + length;
                scans += marker == START_OF_SCAN ? 1 : 0;
            }
        }
        var unended = new JpegFile(file, List.copyOf(segments));
        if (unended.onlyScan().isEmpty()) {
            throw DamagedPictureException.tooShort();
        }
        return unended;
    }

    /** Returns the scan that has the whole picture in it; empty if there is none, or several together make the picture. */
    private Optional<Segment> onlyScan() {
        return segments.stream()
                .filter(segment -> segment.marker() == START_OF_SCAN)
                .findFirst()
                .filter(scan -> !isProgressive() && scan.length() > 0 && file[scan.start()] == components());
    }

    /**
     * Returns the file as its decoder should get it. Where the picture's end is not marked, as before some cameras' own data, the scan goes
     * as far as the next marker: with superfluous bytes at its end, but none of the picture's rows missing, or else the decoder says so.
     */
    byte[] decodable() {
        Optional<Segment> scan = onlyScan();
        if (scan.isEmpty()) {
            return file;
        }
        int end = scan.get().start() + scan.get().length();
        while (end + 1 < file.length && (file[end] != (byte) 0xFF || isData(file[end + 1] & 0xFF))) {
            end++;
        }
        boolean marked = end + 1 < file.length;
        if (marked && (file[end + 1] & 0xFF) == END) {
            return file;
        }
        // without anything behind the last row nobody knows that it is whole: then it lacks these bytes
        byte[] ended = Arrays.copyOf(file, (marked ? end : file.length - 2) + 2);
        ended[ended.length - 2] = (byte) 0xFF;
        ended[ended.length - 1] = (byte) END;
        return ended;
    }

    /** Returns true if such a byte behind 0xFF is part of a scan. */
    private static boolean isData(int marker) {
        return marker == 0 || marker == 0xFF || (marker >= 0xD0 && marker <= 0xD7);
    }

    private Optional<Segment> frame() {
        return segments.stream()
                .filter(segment -> segment.marker() >= 0xC0 && segment.marker() <= 0xCF)
                .filter(segment -> segment.marker() != 0xC4 && segment.marker() != 0xC8 && segment.marker() != 0xCC)
                .findFirst();
    }

    /** Returns true if each scan makes the picture finer. */
    private boolean isProgressive() {
        return frame().map(frame -> (frame.marker() & 3) == 2).orElse(false);
    }

    /** Counts the colour components of a pixel; 0 if the file does not say. */
    int components() {
        return frame().filter(frame -> frame.length() > COMPONENTS)
                .map(frame -> file[frame.start() + COMPONENTS] & 0xFF)
                .orElse(0);
    }

    /** Returns true if the file has a colour profile. */
    boolean hasProfile() {
        return segments.stream().anyMatch(segment -> segment.marker() == APP2 && begins(segment, PROFILE));
    }

    /**
     * Computes the bytes a pixel, rounded up, that the decoder keeps until the last scan: two for each coefficient of a picture in several
     * scans, none for one in a single scan.
     */
    int bytesOfCoefficients() {
        boolean single = segments.stream()
                        .filter(segment -> segment.marker() == START_OF_SCAN)
                        .count()
                <= 1;
        if (single && !isProgressive()) {
            return 0;
        }
        Segment frame = frame().orElseThrow();
        int components = components();
        if (frame.length() < COMPONENTS + 1 + 3 * components) {
            return 2 * components;
        }
        int most = 1;
        int sum = 0;
        for (int i = 0; i < components; i++) {
            int sampling = file[frame.start() + COMPONENTS + 2 + 3 * i] & 0xFF;
            int share = (sampling >> 4) * (sampling & 0xF);
            most = Math.max(most, share);
            sum += share;
        }
        return Math.ceilDiv(2 * sum, most);
    }

    /** Returns true for restart markers, which are in the data of scans, and for two that mean nothing there. */
    private static boolean standsAlone(int marker) {
        return marker <= 0x01 || (marker >= 0xD0 && marker <= 0xD8);
    }

    /** Copies the EXIF block, if there is one. */
    Optional<byte[]> exif() {
        return segments.stream()
                .filter(segment -> segment.marker() == APP1 && begins(segment, EXIF))
                .map(segment ->
                        Arrays.copyOfRange(file, segment.start() + EXIF.length, segment.start() + segment.length()))
                .findFirst();
    }

    private boolean begins(Segment segment, byte[] beginning) {
        return segment.length() >= beginning.length
                && Arrays.equals(
                        file, segment.start(), segment.start() + beginning.length, beginning, 0, beginning.length);
    }

    /** Returns the file with an EXIF block in it; empty if the block is too large for a segment, or the file has none to put it before. */
    Optional<byte[]> withExif(byte[] block) {
        return with(EXIF, block);
    }

    /** Returns the file with an XMP packet in it; empty as for EXIF. */
    Optional<byte[]> withXmp(String packet) {
        return with(XmpPacket.JPEG_BEGINNING, packet.getBytes(StandardCharsets.UTF_8));
    }

    private Optional<byte[]> with(byte[] beginning, byte[] block) {
        int length = beginning.length + block.length;
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
                .put(beginning)
                .put(block)
                .put(file, split, file.length - split)
                .array());
    }
}
