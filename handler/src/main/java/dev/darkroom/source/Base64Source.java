package dev.darkroom.source;

import dev.darkroom.job.Faults;
import dev.darkroom.job.JobException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;

/** Decodes images inside the payload: base64 of the standard alphabet, which may be wrapped into lines, alone or in a data URI. */
final class Base64Source {
    private static final int LONGEST_DATA_URI_START = 1_000;

    private final long largestFile;

    Base64Source(long largestFile) {
        this.largestFile = largestFile;
    }

    byte[] fromDataUri(String field, String uri) {
        String start = uri.substring(0, Math.min(uri.length(), LONGEST_DATA_URI_START));
        int comma = start.indexOf(',');
        if (comma < 0 || !start.substring(0, comma).toLowerCase(Locale.ROOT).endsWith(";base64")) {
            throw JobException.badInput(field + ": a data URI must be base64: data:image/png;base64,…");
        }
        String mediaType = start.substring("data:".length(), start.indexOf(';')).toLowerCase(Locale.ROOT);
        if (!mediaType.isEmpty() && !mediaType.startsWith("image/") && !mediaType.equals("application/octet-stream")) {
            throw JobException.badInput(field + ": a data URI must be of a picture, data:image/png;base64,…, not of "
                    + Faults.quoted(mediaType));
        }
        return decode(field, uri.substring(comma + 1));
    }

    byte[] decode(String field, String text) {
        // counted before anything is copied: no base64 of a file that may be is longer, and lines add a few percent
        if (text.length() / 2 > largestFile) {
            throw SourceImages.tooLarge(field, largestFile);
        }
        byte[] base64 = withoutSpace(text);
        if (base64.length / 4 * 3L > largestFile) {
            throw SourceImages.tooLarge(field, largestFile);
        }
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException e) {
            throw new JobException(
                    JobException.Code.BAD_INPUT,
                    field + ": must be base64, a base64 data URI, an http or https URL, or a path: " + e.getMessage(),
                    e);
        }
    }

    private static byte[] withoutSpace(String text) {
        byte[] characters = text.getBytes(StandardCharsets.US_ASCII); // what is not ASCII becomes a question mark
        int kept = 0;
        for (byte character : characters) {
            if (character != '\n' && character != '\r' && character != ' ' && character != '\t') {
                characters[kept++] = character;
            }
        }
        return Arrays.copyOf(characters, kept);
    }
}
