package dev.darkroom.weights.gguf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a file says about itself. All of it is checked; kept are short texts, whole numbers, and the shapes that tensors had once. */
final class Metadata {
    private static final int MOST_PAIRS = 100_000;
    private static final int LONGEST_KEY = 1 << 16;
    private static final int LONGEST_TEXT = 16 << 20; // chat templates and licences
    private static final int LONGEST_KEPT = 256;
    private static final long MOST_ITEMS = 10_000_000; // vocabularies
    private static final int MOST_DIMENSIONS = 8;
    private static final int DEEPEST = 4;
    private static final int LEAST_PAIR = 8 + 4 + 1;
    private static final String SHAPE = "comfy.gguf.orig_shape.";

    private static final int STRING = 8;
    private static final int ARRAY = 9;

    private final HeaderBytes bytes;
    private final Map<String, String> texts = new HashMap<>();
    private final Map<String, Long> numbers = new HashMap<>();
    private final Map<String, List<Long>> shapes = new HashMap<>();

    Metadata(HeaderBytes bytes) throws IOException {
        this.bytes = bytes;
        int pairs = (int) bytes.count("pairs of metadata", LEAST_PAIR, MOST_PAIRS);
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < pairs; i++) {
            String key = bytes.text("a key", LONGEST_KEY);
            if (!keys.add(key)) {
                throw bytes.damaged("has the metadata " + key + " twice");
            }
            value(key, bytes.int32());
        }
    }

    Optional<String> text(String key) {
        return Optional.ofNullable(texts.get(key));
    }

    Optional<Long> number(String key) {
        return Optional.ofNullable(numbers.get(key));
    }

    /** The shape that a tensor had before its writer changed it for the sake of its blocks, rows first. */
    Optional<List<Long>> shapeOf(String tensor) {
        return Optional.ofNullable(shapes.get(SHAPE + tensor));
    }

    private void value(String key, int type) throws IOException {
        if (type == STRING) {
            String text = bytes.text(key, LONGEST_TEXT);
            if (text.length() <= LONGEST_KEPT) {
                texts.put(key, text);
            }
        } else if (type == ARRAY) {
            array(key, 1);
        } else if (isWhole(type)) {
            numbers.put(key, whole(type));
        } else {
            bytes.skip(width(key, type));
        }
    }

    private void array(String key, int depth) throws IOException {
        if (depth > DEEPEST) {
            throw bytes.damaged("has arrays of arrays in " + key + ", more than " + DEEPEST + " deep");
        }
        int type = bytes.int32();
        if (type == ARRAY || type == STRING) {
            long count = bytes.count("items of " + key, 8, MOST_ITEMS);
            for (long i = 0; i < count; i++) {
                if (type == ARRAY) {
                    array(key, depth + 1);
                } else {
                    bytes.skip(bytes.count("bytes of " + key, 1, LONGEST_TEXT));
                }
            }
            return;
        }
        int width = width(key, type);
        long count = bytes.count("items of " + key, width, MOST_ITEMS);
        if (key.startsWith(SHAPE) && isWhole(type) && count <= MOST_DIMENSIONS) {
            List<Long> shape = new ArrayList<>();
            for (long i = 0; i < count; i++) {
                shape.add(whole(type));
            }
            shapes.put(key, shape);
        } else {
            bytes.skip(count * width);
        }
    }

    /** Bytes of a number of a type: u8, i8, u16, i16, u32, i32, f32, bool, then u64, i64 and f64. */
    private int width(String key, int type) {
        return switch (type) {
            case 0, 1, 7 -> 1;
            case 2, 3 -> 2;
            case 4, 5, 6 -> 4;
            case 10, 11, 12 -> 8;
            default ->
                throw bytes.damaged(
                        "has the metadata " + key + " of the unknown type " + Integer.toUnsignedString(type));
        };
    }

    private static boolean isWhole(int type) {
        return type >= 0 && type <= 5 || type == 10 || type == 11;
    }

    private long whole(int type) throws IOException {
        return switch (type) {
            case 0 -> bytes.int8() & 0xff;
            case 1 -> bytes.int8();
            case 2 -> bytes.int16() & 0xffff;
            case 3 -> bytes.int16();
            case 4 -> bytes.int32() & 0xffffffffL;
            case 5 -> bytes.int32();
            default -> bytes.int64();
        };
    }
}
