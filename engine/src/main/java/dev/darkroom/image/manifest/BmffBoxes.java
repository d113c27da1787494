package dev.darkroom.image.manifest;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The boxes of an MP4 file, or of another one of the ISO base media file format (ISO/IEC 14496-12), from anywhere. Nothing is thrown for a
 * damaged file, whose boxes end where it does; no more than 50,000 boxes are read. For one thread.
 */
public final class BmffBoxes {
    private static final int MOST_BOXES = 50_000;
    private static final int DEEPEST = 10;
    private static final int HEADER = 8;
    private static final int LARGE_HEADER = 16;
    private static final int VERSION_AND_FLAGS = 4;

    /** Boxes that hold others and nothing else. */
    private static final Set<String> CONTAINERS = Set.of(
            "moov", "trak", "mdia", "minf", "stbl", "moof", "traf", "edts", "udta", "dinf", "tref", "treg", "mvex",
            "mfra", "meta", "schi");

    /** One step of a path: a type of four letters, and which of several boxes of that type. */
    private static final Pattern STEP = Pattern.compile("([^/\\[\\]]{4})(?:\\[([1-9]\\d{0,5})])?");

    private final byte[] file;
    private final List<Box> all;
    private int read;
    private boolean tooMany;

    /**
     * A box.
     *
     * @param type four letters
     * @param start offset of the whole box
     * @param content offset behind its header
     * @param end offset behind the whole box
     */
    public record Box(String type, int start, int content, int end) {
        /** Length in bytes of the whole box. */
        public int length() {
            return end - start;
        }
    }

    /** Takes a file apart, as far as it consists of boxes. */
    public BmffBoxes(byte[] file) {
        this.file = file;
        this.all = within(0, file.length, true);
    }

    /** Returns true for a file that begins as those of boxes do. */
    static boolean begins(byte[] file) {
        return file.length >= HEADER && type(file, 0).equals("ftyp");
    }

    /** Lists the boxes that are in no other box. */
    public List<Box> all() {
        return all;
    }

    /** Returns true if there are more boxes than are read: then what was found is not all. */
    public boolean tooMany() {
        return tooMany;
    }

    /**
     * Finds boxes by their path, such as {@code /moov/trak[1]/mdia}: all that it fits.
     *
     * @return empty if it is no such path
     */
    public Optional<List<Box>> at(String path) {
        if (!path.startsWith("/")) {
            return Optional.empty();
        }
        String[] steps = path.substring(1).split("/", -1);
        if (steps.length > DEEPEST) {
            return Optional.empty();
        }
        List<Box> found = List.of();
        for (int i = 0; i < steps.length; i++) {
            Matcher step = STEP.matcher(steps[i]);
            if (!step.matches()) {
                return Optional.empty();
            }
            List<Box> next = new ArrayList<>();
            for (List<Box> siblings :
                    i == 0 ? List.of(all) : found.stream().map(this::in).toList()) {
                List<Box> ofType = siblings.stream()
                        .filter(box -> box.type.equals(step.group(1)))
                        .toList();
                if (step.group(2) == null) {
                    next.addAll(ofType);
                } else if (Integer.parseInt(step.group(2)) <= ofType.size()) {
                    next.add(ofType.get(Integer.parseInt(step.group(2)) - 1));
                }
            }
            found = next;
        }
        return Optional.of(List.copyOf(found));
    }

    /** Lists the boxes in another one; none if that holds something else. */
    List<Box> in(Box box) {
        if (!CONTAINERS.contains(box.type)) {
            return List.of();
        }
        return within(box.content + (box.type.equals("meta") ? metaHeader(box) : 0), box.end, false);
    }

    /** QuickTime's box of that name has no version and no flags, so that a box begins at once. */
    private int metaHeader(Box box) {
        boolean ofQuickTime =
                box.end - box.content >= HEADER && type(file, box.content).equals("hdlr");
        return ofQuickTime ? 0 : VERSION_AND_FLAGS;
    }

    private List<Box> within(int start, int end, boolean top) {
        List<Box> boxes = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(file);
        int at = start;
        while (end - at >= HEADER) {
            if (++read > MOST_BOXES) {
                tooMany = true;
                break;
            }
            long length = Integer.toUnsignedLong(bytes.getInt(at));
            int header = HEADER;
            if (length == 1 && end - at >= LARGE_HEADER) {
                length = bytes.getLong(at + HEADER);
                header = LARGE_HEADER;
            } else if (length == 0) {
                length = (long) end - at;
            }
            String type = type(file, at);
            if (length > end - at && top && type.equals("mdat")) {
                length = (long) end - at; // of a file that was cut short
            }
            if (length < header || length > end - at) {
                break;
            }
            boxes.add(new Box(type, at, at + header, at + (int) length));
            at += (int) length;
        }
        return List.copyOf(boxes);
    }

    private static String type(byte[] file, int at) {
        return new String(file, at + 4, 4, StandardCharsets.ISO_8859_1);
    }
}
