package dev.darkroom.job;

import java.util.Locale;
import java.util.Optional;

/** The frame that stands for an animation. */
public sealed interface PosterFrame {
    /** A frame by its place. */
    enum Place implements PosterFrame {
        FIRST,
        MIDDLE,
        LAST
    }

    /** A frame by its number, from 0. */
    record Numbered(int frame) implements PosterFrame {}

    /**
     * Returns the number of the frame in an animation of so many.
     *
     * @throws JobException if there is no such frame
     */
    default int in(int frames) {
        return switch (this) {
            case Place.FIRST -> 0;
            case Place.MIDDLE -> frames / 2;
            case Place.LAST -> frames - 1;
            case Numbered(int frame) -> {
                new Faults().range("poster", frame, 0, frames - 1).refuse();
                yield frame;
            }
        };
    }

    /** Reads {@code first}, {@code middle}, {@code last} or a number of up to six digits; empty for anything else. */
    static Optional<PosterFrame> parse(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "first" -> Optional.of(Place.FIRST);
            case "middle" -> Optional.of(Place.MIDDLE);
            case "last" -> Optional.of(Place.LAST);
            case String number when number.matches("\\d{1,6}") -> Optional.of(new Numbered(Integer.parseInt(number)));
            default -> Optional.empty();
        };
    }
}
