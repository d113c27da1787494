package dev.darkroom.job;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The part of a mask where a picture is painted anew. */
public enum MaskPaints {
    /** What is white, by its colours alone. */
    WHITE,
    /** What is transparent, whatever its colours: the form of OpenAI's API, where a mask is the picture with a hole in it. */
    TRANSPARENT;

    /** Parses {@code white} or {@code transparent}, in any case; empty if the name is none of these. */
    public static Optional<MaskPaints> parse(String name) {
        return Arrays.stream(values())
                .filter(value -> value.fieldValue().equals(name.toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    /** Name of this value in payloads. */
    public String fieldValue() {
        return name().toLowerCase(Locale.ROOT);
    }
}
