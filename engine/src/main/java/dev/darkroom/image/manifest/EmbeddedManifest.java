package dev.darkroom.image.manifest;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * Content credentials as they lie in the file of a picture or film: a C2PA manifest store.
 *
 * @param store bytes of the manifest store
 * @param start offset in the file of the part that holds the store
 * @param length of that part in bytes, its frame with it
 * @param sound false if the frame around the store is damaged, or the file has another store beside this one
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
public record EmbeddedManifest(byte[] store, int start, int length, boolean sound) {
    /** Length in bytes of what is before the boxes in a JPEG segment: JP, the number of the box, that of the packet. */
    static final int JPEG_PREFIX = 8;

    /** Length in bytes of a box's own length and type, which each further segment repeats. */
    static final int BOX_HEADER = 8;

    /** Most segments that one store may be in: many times more than one that is read needs. */
    private static final int MOST_PACKETS = 4_096;

    static final String PNG_CHUNK = "caBX";
    static final String WEBP_CHUNK = "C2PA";
    static final String JPEG_SEGMENT = "eb";

    /** Offset of the kind of a JUMBF superbox: behind its header, and that of the description in it. */
    private static final int KIND = 2 * BOX_HEADER;

    private static final byte[] JPEG_BOX = {'J', 'P'};
    private static final byte[] STORE_KIND = {'c', '2', 'p', 'a'};

    /** Finds the manifest store in a PNG, JPEG, WebP, GIF or MP4 file; empty where there is none, or in files of other kinds. */
    public static Optional<EmbeddedManifest> find(byte[] file) {
        return FileParts.of(file).flatMap(parts -> switch (parts.kind()) {
            case PNG -> parts.all(PNG_CHUNK).stream().findFirst().map(chunk -> inPng(parts, chunk));
            case WEBP -> parts.all(WEBP_CHUNK).stream().findFirst().map(chunk -> inWebp(parts, chunk));
            case JPEG -> inJpeg(parts);
            case GIF -> GifManifest.find(parts);
            case MP4 -> Mp4Manifest.find(parts);
        });
    }

    /** Returns true for files of the kinds that this can be in. */
    public static boolean canBeIn(byte[] file) {
        return FileParts.of(file).isPresent();
    }

    private static EmbeddedManifest inPng(FileParts parts, FileParts.Part chunk) {
        var checksum = new CRC32();
        checksum.update(parts.file(), chunk.start() + 4, 4 + chunk.length());
        boolean intact = ByteBuffer.wrap(parts.file()).getInt(chunk.end() - 4) == (int) checksum.getValue();
        return new EmbeddedManifest(
                parts.content(chunk),
                chunk.start(),
                chunk.end() - chunk.start(),
                intact && parts.all(PNG_CHUNK).size() == 1);
    }

    /** Takes the chunk without the empty byte that makes its length even. */
    private static EmbeddedManifest inWebp(FileParts parts, FileParts.Part chunk) {
        int length = chunk.content() - chunk.start() + chunk.length();
        return new EmbeddedManifest(
                parts.content(chunk),
                chunk.start(),
                length,
                parts.all(WEBP_CHUNK).size() == 1);
    }

    /** Puts the packets of the first box of credentials together; those of boxes of another kind are no business of ours. */
    private static Optional<EmbeddedManifest> inJpeg(FileParts parts) {
        List<FileParts.Part> packets = parts.all(JPEG_SEGMENT).stream()
                .filter(part -> part.length() >= JPEG_PREFIX + BOX_HEADER && parts.begins(part, JPEG_BOX))
                .toList();
        List<FileParts.Part> stores =
                packets.stream().filter(part -> isStore(parts, part)).toList();
        if (stores.isEmpty()) {
            return Optional.empty();
        }
        FileParts.Part first = stores.getFirst();
        List<FileParts.Part> ofStore = packets.stream()
                .filter(part -> part.start() >= first.start() && number(parts, part) == number(parts, first))
                .toList();
        var store = new ByteArrayOutputStream();
        boolean sound = stores.size() == 1 && number(parts, first) > 0 && ofStore.size() <= MOST_PACKETS;
        int end = first.start();
        for (int i = 0; i < Math.min(ofStore.size(), MOST_PACKETS); i++) {
            FileParts.Part part = ofStore.get(i);
            int skipped = JPEG_PREFIX + (i == 0 ? 0 : BOX_HEADER);
            store.write(parts.file(), part.content() + skipped, part.length() - skipped);
            sound &= part.start() == end && packet(parts, part) == i + 1;
            sound &= Arrays.equals(header(parts, first), header(parts, part));
            end = part.end();
        }
        return Optional.of(new EmbeddedManifest(store.toByteArray(), first.start(), end - first.start(), sound));
    }

    /** Returns the number of the box that a packet is of. */
    private static int number(FileParts parts, FileParts.Part part) {
        return ByteBuffer.wrap(parts.file()).getShort(part.content() + 2) & 0xFFFF;
    }

    private static int packet(FileParts parts, FileParts.Part part) {
        return ByteBuffer.wrap(parts.file()).getInt(part.content() + 4);
    }

    private static byte[] header(FileParts parts, FileParts.Part part) {
        int start = part.content() + JPEG_PREFIX;
        return Arrays.copyOfRange(parts.file(), start, start + BOX_HEADER);
    }

    private static boolean isStore(FileParts parts, FileParts.Part part) {
        int kind = part.content() + JPEG_PREFIX + KIND;
        return part.length() >= JPEG_PREFIX + KIND + STORE_KIND.length
                && packet(parts, part) == 1
                && Arrays.equals(parts.file(), kind, kind + STORE_KIND.length, STORE_KIND, 0, STORE_KIND.length);
    }
}
