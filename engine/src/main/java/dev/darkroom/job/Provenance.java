package dev.darkroom.job;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a picture's file says of how the picture came about, the most first. */
public enum Provenance {
    /** Signed credentials, a label, and a mark in the pixels. */
    FULL,
    /** Signed credentials and a label. */
    CREDENTIALS,
    /** A label alone. */
    LABEL,
    /** Nothing. */
    OFF;

    /** Parses {@code full}, {@code credentials}, {@code label} or {@code off}, in any case; empty if the name is none of these. */
    public static Optional<Provenance> parse(String name) {
        return Arrays.stream(values())
                .filter(value -> value.fieldValue().equals(name.toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    /** Name of this value in payloads and settings. */
    public String fieldValue() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns true if files say at least as much as with another value. */
    public boolean covers(Provenance other) {
        return compareTo(other) <= 0;
    }
}
