package dev.darkroom.credentials.bmff;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.credentials.jumbf.Cbor;
import dev.darkroom.image.manifest.BmffBoxes;
import dev.darkroom.image.manifest.Mp4Manifest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a hash of boxes leaves out, as its assertion says it: boxes by their path and content, or parts of them. */
public final class Exclusion {
    /** Leaves out what C2PA wants left out: credentials, the name of the kind of file, and an index of fragments. */
    public static final List<Map<String, Object>> STANDARD = List.of(
            ordered("xpath", "/uuid", "data", List.of(ordered("offset", 8, "value", Mp4Manifest.ID))),
            Map.of("xpath", "/ftyp"),
            Map.of("xpath", "/mfra"));

    private static final Set<String> KNOWN = Set.of("xpath", "length", "data", "subset", "version", "flags", "exact");
    /** Parts of one exclusion, and bytes of each that it compares: as many as honest ones have, many times over. */
    private static final int MOST_PARTS = 10;

    private static final int LONGEST_DATA = 64;

    /** Parts of a file that all exclusions together leave out. */
    public static final int MOST_LEFT_OUT = 100_000;

    private Exclusion() {}

    /** The same bytes each time, which {@link Map#of} does not give. */
    private static Map<String, Object> ordered(String first, Object one, String second, Object other) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(first, one);
        map.put(second, other);
        return map;
    }

    /**
     * Finds what is left out of a file.
     *
     * @return empty if it is not said in a way that is known
     */
    public static Optional<List<BoxHash.LeftOut>> in(byte[] file, BmffBoxes boxes, JsonNode exclusion) {
        Optional<List<BmffBoxes.Box>> found = boxes.at(exclusion.path("xpath").asText());
        JsonNode subset = exclusion.path("subset");
        boolean isKnown = found.isPresent()
                && KNOWN.containsAll(names(exclusion))
                && !exclusion.path("exact").asText("true").equals("false")
                && subset.size() <= MOST_PARTS
                && exclusion.path("data").size() <= MOST_PARTS
                && allShort(exclusion.path("data"));
        if (!isKnown) {
            return Optional.empty();
        }
        List<BoxHash.LeftOut> all = new ArrayList<>();
        for (BmffBoxes.Box box : found.get()) {
            if (!fits(file, box, exclusion)) {
                continue;
            }
            if (subset.isMissingNode() || subset.isNull()) {
                all.add(new BoxHash.LeftOut(box.start(), box.end(), true));
            }
            for (JsonNode part : subset) {
                Optional<BoxHash.LeftOut> of = part(box, part);
                if (of.isEmpty() || all.size() > MOST_LEFT_OUT) {
                    return Optional.empty();
                }
                all.add(of.get());
            }
        }
        return Optional.of(all);
    }

    private static boolean allShort(JsonNode data) {
        for (JsonNode one : data) {
            if (Cbor.binary(one.path("value")).length > LONGEST_DATA) {
                return false;
            }
        }
        return true;
    }

    private static List<String> names(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static boolean fits(byte[] file, BmffBoxes.Box box, JsonNode exclusion) {
        JsonNode length = exclusion.path("length");
        if (length.isNumber() && length.asLong() != box.length()) {
            return false;
        }
        byte[] flags = Cbor.binary(exclusion.path("flags"));
        JsonNode version = exclusion.path("version");
        if (flags.length > 0 || version.isNumber()) {
            byte[] head = bytes(file, box, box.content() - box.start(), 4);
            boolean same = head.length == 4
                    && (!version.isNumber() || head[0] == (byte) version.asInt())
                    && (flags.length == 0 || Arrays.equals(head, 1, 4, flags, 0, Math.min(3, flags.length)));
            if (!same) {
                return false;
            }
        }
        for (JsonNode data : exclusion.path("data")) {
            byte[] value = Cbor.binary(data.path("value"));
            if (!Arrays.equals(value, bytes(file, box, data.path("offset").asLong(-1), value.length))) {
                return false;
            }
        }
        return true;
    }

    /** Copies bytes of a box; none where it does not have them. */
    private static byte[] bytes(byte[] file, BmffBoxes.Box box, long offset, int length) {
        if (offset < 0 || offset > box.length() - length) {
            return new byte[0];
        }
        return Arrays.copyOfRange(file, box.start() + (int) offset, box.start() + (int) offset + length);
    }

    /** A length of zero stands for all that follows. */
    private static Optional<BoxHash.LeftOut> part(BmffBoxes.Box box, JsonNode part) {
        long offset = part.path("offset").asLong(-1);
        long length = part.path("length").asLong(-1);
        if (offset < 0 || length < 0) {
            return Optional.empty();
        }
        int start = (int) Math.min(box.length(), offset);
        int rest = box.length() - start;
        int end = start + (length == 0 ? rest : (int) Math.min(rest, length));
        return Optional.of(new BoxHash.LeftOut(box.start() + start, box.start() + end, false));
    }
}
