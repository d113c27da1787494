package dev.darkroom.animation.seed;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** How the seed goes on from one drawn frame to the next. */
public enum SeedBehavior {
    /** One more, after every so many frames; the first time after the first frame. */
    ITER,
    /** The same. */
    FIXED,
    /** Any other of 32 bits. */
    RANDOM,
    /** Two more, one less, and so on. */
    LADDER,
    /** One more, one less, and so on. */
    ALTERNATE,
    /** What a schedule says. */
    SCHEDULE;

    /** The one that Deforum's settings call so. */
    public static Optional<SeedBehavior> called(String word) {
        return Arrays.stream(values())
                .filter(behavior -> behavior.word().equals(word.strip().toLowerCase(Locale.ROOT)))
                .findFirst();
    }

    /** All that can be chosen, for messages. */
    public static String words() {
        return Arrays.stream(values()).map(SeedBehavior::word).collect(Collectors.joining(", "));
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
