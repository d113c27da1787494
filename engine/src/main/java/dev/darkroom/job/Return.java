package dev.darkroom.job;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The form in which a caller wants to get a picture. */
public enum Return {
    /** An address to read the picture from. */
    URL,
    /** Base64 inside the answer. */
    BASE64,
    /** An address if there is storage that the caller can reach, otherwise inside the answer. */
    AUTO;

    /** Parses {@code url}, {@code base64} or {@code auto}, in any case; empty if the name is none of these. */
    public static Optional<Return> parse(String name) {
        return Arrays.stream(values())
                .filter(value -> value.fieldValue().equals(name.toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    /** Name of this value in payloads. */
    public String fieldValue() {
        return name().toLowerCase(Locale.ROOT);
    }
}
