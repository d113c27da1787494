package dev.darkroom.image.manifest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** A manifest store in an MP4 file: a box of the type {@code uuid} behind the first one, as C2PA defines it. */
public final class Mp4Manifest {
    static final String BOX = "uuid";

    /** C2PA's id of such boxes; not to be changed. */
    public static final byte[] ID = HexFormat.of().parseHex("d8fec3d61b0e483c92975828877ec481");

    private static final byte[] PURPOSE = "manifest\0".getBytes(StandardCharsets.US_ASCII);
    private static final int BOX_HEADER = 8;

    /** Of the box's version and flags, which are zero. */
    private static final int VERSION = 4;

    /** Of the place of the first box with hashes of parts of the film, of which there is none. */
    private static final int PLACE = 8;

    private static final int FRAME = BOX_HEADER + ID.length + VERSION + PURPOSE.length + PLACE;

    private static final String CHUNKS = "/moov/trak/mdia/minf/stbl/";

    private Mp4Manifest() {}

    /** Returns the length in bytes of the box. */
    static int length(int storeLength) {
        return FRAME + storeLength;
    }

    /** Finds the place of the box: behind the one that says what file this is. */
    static int place(byte[] file) {
        List<BmffBoxes.Box> boxes = new BmffBoxes(file).all();
        if (boxes.isEmpty() || !boxes.getFirst().type().equals("ftyp")) {
            throw new IllegalArgumentException("no MP4 file");
        }
        return boxes.getFirst().end();
    }

    static void put(ByteBuffer bytes, byte[] store) {
        bytes.putInt(length(store.length)).put(BOX.getBytes(StandardCharsets.US_ASCII));
        bytes.put(ID).putInt(0).put(PURPOSE).putLong(0).put(store);
    }

    /** Corrects where the film's index says that its parts lie: everything behind an offset lies further back now. */
    static void moved(byte[] file, int behind, int by) {
        var boxes = new BmffBoxes(file);
        ByteBuffer bytes = ByteBuffer.wrap(file);
        for (BmffBoxes.Box box : boxes.at(CHUNKS + "stco").orElseThrow()) {
            for (int at = box.content() + 2 * VERSION; at + Integer.BYTES <= box.end(); at += Integer.BYTES) {
                long offset = Integer.toUnsignedLong(bytes.getInt(at));
                bytes.putInt(at, (int) (offset >= behind ? offset + by : offset));
            }
        }
        for (BmffBoxes.Box box : boxes.at(CHUNKS + "co64").orElseThrow()) {
            for (int at = box.content() + 2 * VERSION; at + Long.BYTES <= box.end(); at += Long.BYTES) {
                long offset = bytes.getLong(at);
                bytes.putLong(at, offset >= behind ? offset + by : offset);
            }
        }
    }

    static Optional<EmbeddedManifest> find(FileParts parts) {
        List<FileParts.Part> stores =
                parts.all(BOX).stream().filter(part -> isStore(parts, part)).toList();
        return stores.stream().findFirst().map(part -> {
            int store = part.content() + ID.length + VERSION + PURPOSE.length + PLACE;
            byte[] bytes = Arrays.copyOfRange(parts.file(), store, part.end());
            return new EmbeddedManifest(bytes, part.start(), part.end() - part.start(), stores.size() == 1);
        });
    }

    private static boolean isStore(FileParts parts, FileParts.Part part) {
        int purpose = part.content() + ID.length + VERSION;
        return part.length() >= FRAME - BOX_HEADER
                && parts.begins(part, ID)
                && Arrays.equals(parts.file(), purpose, purpose + PURPOSE.length, PURPOSE, 0, PURPOSE.length);
    }
}
