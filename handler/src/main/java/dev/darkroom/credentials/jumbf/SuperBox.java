package dev.darkroom.credentials.jumbf;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A JUMBF superbox as somebody wrote it.
 *
 * @param bytes that it lies in, shared and not to be changed
 * @param start offset of the whole box
 * @param payload offset behind its header, from which on it is hashed
 * @param end offset behind it
 * @param kind first four letters of its id, where it ends as C2PA's do
 * @param label its name; empty where it has none
 * @param boxes superboxes in it
 * @param contents other boxes in it
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
public record SuperBox(
        byte[] bytes,
        int start,
        int payload,
        int end,
        String kind,
        String label,
        List<SuperBox> boxes,
        List<Content> contents) {
    private static final int DEEPEST = 8;
    private static final int MOST_BOXES = 4_000;
    private static final int LONGEST_LABEL = 1_000;
    private static final int HEADER = 8;
    private static final int ID = 16;
    private static final int LETTERS = 4;

    /** What the byte of a description says of it. */
    private static final int REQUESTABLE = 1;

    private static final int HAS_LABEL = 2;
    private static final int HAS_NUMBER = 4;
    private static final int HAS_HASH = 8;
    private static final int HAS_MORE = 16;
    private static final int UNKNOWN = 0xE0;

    /** A box that is no superbox: its type and where its content lies. */
    public record Content(String type, int start, int end) {}

    /**
     * Reads a superbox that these bytes begin with; behind it there may be zeros alone.
     *
     * @throws DamagedBoxException if it is damaged, or has more boxes than credentials need
     */
    public static SuperBox read(byte[] bytes) throws DamagedBoxException {
        var reading = new Reading(bytes);
        Content outer = reading.header(0, bytes.length);
        if (!outer.type.equals("jumb")) {
            throw new DamagedBoxException("they do not begin with a JUMBF box");
        }
        for (int at = outer.end; at < bytes.length; at++) {
            if (bytes[at] != 0) {
                throw new DamagedBoxException("something follows behind their boxes");
            }
        }
        return reading.superbox(0, outer, 0);
    }

    /** One pass over the bytes, which counts boxes. */
    private static final class Reading {
        private final ByteBuffer bytes;
        private int boxes;

        Reading(byte[] bytes) {
            this.bytes = ByteBuffer.wrap(bytes);
        }

        /** Reads type and place of a box. */
        Content header(int at, int end) throws DamagedBoxException {
            if (++boxes > MOST_BOXES) {
                throw new DamagedBoxException("they have more than " + MOST_BOXES + " boxes");
            }
            if (end - at < HEADER) {
                throw new DamagedBoxException("a box ends within its header");
            }
            long length = Integer.toUnsignedLong(bytes.getInt(at));
            int header = HEADER;
            if (length == 1 && end - at >= 2 * HEADER) {
                length = bytes.getLong(at + HEADER);
                header = 2 * HEADER;
            } else if (length == 0) {
                length = (long) end - at;
            }
            if (length < header || length > end - at) {
                throw new DamagedBoxException("a box is longer or shorter than it can be");
            }
            String type = new String(bytes.array(), at + 4, 4, StandardCharsets.ISO_8859_1);
            return new Content(type, at + header, at + (int) length);
        }

        SuperBox superbox(int start, Content place, int depth) throws DamagedBoxException {
            if (depth > DEEPEST) {
                throw new DamagedBoxException("their boxes are nested more than " + DEEPEST + " deep");
            }
            Content description = header(place.start, place.end);
            if (!description.type.equals("jumd") || description.end - description.start < ID + 1) {
                throw new DamagedBoxException("a superbox does not begin with its description");
            }
            List<SuperBox> inner = new ArrayList<>();
            List<Content> contents = new ArrayList<>();
            for (int at = description.end; at < place.end; ) {
                Content box = header(at, place.end);
                if (box.type.equals("jumb")) {
                    inner.add(superbox(at, box, depth + 1));
                } else {
                    contents.add(box);
                }
                at = box.end;
            }
            String kind = kind(description);
            return new SuperBox(
                    bytes.array(),
                    start,
                    place.start,
                    place.end,
                    kind,
                    label(description),
                    List.copyOf(inner),
                    List.copyOf(contents));
        }

        /** Returns the letters of an id, or the whole of one that does not end as those do that are known here. */
        private String kind(Content description) {
            int end = description.start + LETTERS;
            boolean known = Arrays.equals(
                    bytes.array(), end, description.start + ID, BoxWriter.KIND_END, 0, BoxWriter.KIND_END.length);
            int length = known ? LETTERS : ID;
            return new String(bytes.array(), description.start, length, StandardCharsets.ISO_8859_1);
        }

        private String label(Content description) throws DamagedBoxException {
            int says = bytes.get(description.start + ID);
            if ((says & REQUESTABLE) == 0 || (says & UNKNOWN) != 0) {
                throw new DamagedBoxException("a box is described in a way that is not known");
            }
            int start = description.start + ID + 1;
            if ((says & HAS_LABEL) == 0) {
                return "";
            }
            int end = start;
            while (end < description.end && bytes.get(end) != 0) {
                end++;
            }
            if (end == description.end || end - start > LONGEST_LABEL) {
                throw new DamagedBoxException("a box's label has no end");
            }
            int behind = end + 1 + ((says & HAS_NUMBER) == 0 ? 0 : 4) + ((says & HAS_HASH) == 0 ? 0 : 32);
            if ((says & HAS_MORE) == 0 ? behind != description.end : behind >= description.end) {
                throw new DamagedBoxException("a box has another description than it says");
            }
            return new String(bytes.array(), start, end - start, StandardCharsets.UTF_8);
        }
    }

    /** Returns true if this box is of that kind. */
    public boolean is(BoxKind wanted) {
        return kind.equals(wanted.letters());
    }

    /** Finds a superbox in this one by its label. */
    public Optional<SuperBox> box(String wanted) {
        return boxes.stream().filter(box -> box.label.equals(wanted)).findFirst();
    }

    /** Returns true if another box lies within this one. */
    public boolean holds(SuperBox other) {
        return other.start > start && other.end <= end;
    }

    /** Lists the superboxes of a kind in this one. */
    public List<SuperBox> all(BoxKind wanted) {
        return boxes.stream().filter(box -> box.is(wanted)).toList();
    }

    /** Copies the bytes of this whole box. */
    public byte[] whole() {
        return Arrays.copyOfRange(bytes, start, end);
    }

    /** Copies the content of the first box of a type in this one; empty where there is none. */
    public Optional<byte[]> content(String type) {
        return contents.stream()
                .filter(box -> box.type.equals(type))
                .findFirst()
                .map(box -> Arrays.copyOfRange(bytes, box.start, box.end));
    }

    /**
     * Reads the CBOR in this box.
     *
     * @throws DamagedBoxException if there is none, or it cannot be read
     */
    public JsonNode cbor() throws DamagedBoxException {
        byte[] cbor = content("cbor").orElseThrow(() -> new DamagedBoxException(label + " has no CBOR"));
        return Cbor.read(cbor);
    }
}
