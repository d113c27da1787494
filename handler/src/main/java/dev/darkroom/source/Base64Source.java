package dev.darkroom.source;

import dev.darkroom.job.JobException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;

/**
 * Decodes images inside the payload: base64 of the standard alphabet or the one for URLs, which may be wrapped into lines, alone or in a
 * data URI. What a data URI calls its content does not matter: the content does.
 */
final class Base64Source {
    private static final int LONGEST_DATA_URI_START = 1_000;
    private static final String KINDS = ": must be base64, a base64 data URI, an http or https URL, or a path";

    private final long largestFile;

    Base64Source(long largestFile) {
        this.largestFile = largestFile;
    }

    byte[] fromDataUri(String field, String uri) {
        String start = uri.substring(0, Math.min(uri.length(), LONGEST_DATA_URI_START));
        int comma = start.indexOf(',');
        if (comma < 0
                || !start.substring(0, comma).strip().toLowerCase(Locale.ROOT).endsWith("base64")
                || start.indexOf(';') < 0) {
            throw JobException.badInput(field + ": a data URI must be base64: data:image/png;base64,…");
        }
        String text = uri.substring(comma + 1);
        refuseLonger(field, text);
        return decode(field, text.indexOf('%') < 0 ? text : unescaped(text));
    }

    /** Resolves what some encode in data URIs as in other URIs; a text where a percent sign means nothing stays as it is. */
    private static String unescaped(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.US_ASCII);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    byte[] decode(String field, String text) {
        refuseLonger(field, text);
        byte[] base64 = characters(field, text);
        if (base64.length / 4 * 3L > largestFile) {
            throw SourceImages.tooLarge(field, largestFile);
        }
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new JobException(
                    JobException.Code.BAD_INPUT,
                    field + KINDS + ": this is base64 that was cut off, or with = where none belongs",
                    e);
        }
    }

    /** Counts before anything is copied: no base64 of a file that may be is longer, and lines add a few percent. */
    private void refuseLonger(String field, String text) {
        if (text.length() / 2 > largestFile) {
            throw SourceImages.tooLarge(field, largestFile);
        }
    }

    /** Returns the characters of base64 in the standard alphabet, without the space between them. */
    private static byte[] characters(String field, String text) {
        byte[] characters = text.getBytes(StandardCharsets.ISO_8859_1); // what is beyond becomes a question mark
        int kept = 0;
        boolean spaces = false;
        for (byte character : characters) {
            switch (character) {
                case '\n', '\r', '\t' -> {}
                case ' ' -> spaces = true;
                case '-' -> characters[kept++] = '+';
                case '_' -> characters[kept++] = '/';
                default -> {
                    if (!isBase64(character)) {
                        throw JobException.badInput(field + KINDS + ": this is none, for base64 has no "
                                + (character > ' ' && character != '?'
                                        ? "'" + (char) character + "'"
                                        : "such letters"));
                    }
                    characters[kept++] = character;
                }
            }
        }
        if (spaces && isLostPlus(text.strip(), kept)) {
            throw JobException.badInput(
                    field + ": its base64 has spaces in it: each was probably a +, which forms and URLs"
                            + " take for a space: send + as %2B there, or the job as JSON");
        }
        return Arrays.copyOf(characters, kept);
    }

    private static boolean isBase64(byte character) {
        return (character >= 'A' && character <= 'Z')
                || (character >= 'a' && character <= 'z')
                || (character >= '0' && character <= '9')
                || character == '+'
                || character == '/'
                || character == '=';
    }

    /**
     * Tells spaces that stand for something from those that only part lines: these come at the ends of lines, or at equal distances, and
     * what is between them is whole.
     */
    private static boolean isLostPlus(String text, int characters) {
        int line = text.indexOf(' ');
        for (int at = line; at >= 0; at = text.indexOf(' ', at + 1)) {
            boolean parts = isSpace(text.charAt(at - 1)) || isSpace(text.charAt(at + 1)) || (at + 1) % (line + 1) == 0;
            if (!parts) {
                return true;
            }
        }
        return line >= 0 && characters % 4 != 0;
    }

    private static boolean isSpace(char character) {
        return character == ' ' || character == '\n' || character == '\r' || character == '\t';
    }
}
