package dev.darkroom.job;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a caller wants to get a picture. */
public enum Return {
    /** As an address to read it from. */
    URL,
    /** Inside the answer. */
    BASE64,
    /** An address if there is storage that the caller can reach, otherwise inside the answer. */
    AUTO;

    /** Reads {@code url}, {@code base64} or {@code auto}, in any case. */
    public static Optional<Return> parse(String name) {
        return Arrays.stream(values())
                .filter(value -> value.fieldValue().equals(name.toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    /** The name in payloads. */
    public String fieldValue() {
        return name().toLowerCase(Locale.ROOT);
    }
}
