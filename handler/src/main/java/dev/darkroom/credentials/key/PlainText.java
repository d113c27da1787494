package dev.darkroom.credentials.key;

import java.util.regex.Pattern;

/** What strangers wrote, as people may read it: on one line, in the order in which it was written, and not too long. */
public final class PlainText {
    private static final int LONGEST = 200;

    /** Controls of any alphabet, ends of lines, marks that turn the direction of writing, halves of characters. */
    private static final Pattern UNFIT = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]");

    private PlainText() {}

    /** Replaces what cannot be shown by spaces, and leaves out what is beyond 200 units. */
    public static String of(String text) {
        String start = text.substring(0, Math.min(text.length(), LONGEST));
        return UNFIT.matcher(start).replaceAll(" "); // half a character at the end is among it
    }
}
