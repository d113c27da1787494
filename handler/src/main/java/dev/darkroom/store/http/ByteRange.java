package dev.darkroom.store.http;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Part of a file that a request wants: all of it, some bytes, or bytes that are not there. After RFC 9110: a header that is not understood, and one with
 * several ranges, counts as none.
 */
sealed interface ByteRange {
    /** All of the file. */
    record Whole() implements ByteRange {}

    /**
     * A part of the file.
     *
     * @param first its first byte, from 0
     * @param last its last byte
     */
    record Part(long first, long last) implements ByteRange {
        long length() {
            return last - first + 1;
        }
    }

    /** A part that begins behind the end of the file. */
    record Beyond() implements ByteRange {}

    /** One range: {@code bytes=0-9}, {@code bytes=10-}, {@code bytes=-10}. */
    Pattern ONE = Pattern.compile("bytes=[ \\t]*(\\d*)-(\\d*)[ \\t]*", Pattern.CASE_INSENSITIVE);

    /** Digits of the largest number that is read exactly; no file has more bytes. */
    int LONGEST = 18;

    /**
     * Reads the header.
     *
     * @param headers all values of {@code Range}
     * @param size of the file, in bytes
     */
    static ByteRange of(List<String> headers, long size) {
        Matcher range = ONE.matcher(headers.size() == 1 ? headers.getFirst().strip() : "");
        if (!range.matches() || (range.group(1).isEmpty() && range.group(2).isEmpty())) {
            return new Whole();
        }
        if (range.group(1).isEmpty()) {
            long suffix = Math.min(number(range.group(2)), size);
            return suffix == 0 ? new Beyond() : new Part(size - suffix, size - 1);
        }
        long first = number(range.group(1));
        long last = range.group(2).isEmpty() ? Long.MAX_VALUE : number(range.group(2));
        if (last < first) {
            return new Whole();
        }
        return first >= size ? new Beyond() : new Part(first, Math.min(last, size - 1));
    }

    private static long number(String digits) {
        String significant = digits.replaceFirst("^0+(?=.)", "");
        return significant.length() > LONGEST ? Long.MAX_VALUE : Long.parseLong(significant);
    }
}
