package dev.darkroom.job;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A job, by what it brings. */
public sealed interface Job {
    Ask ask();

    /** A picture from a prompt. */
    record TextToImage(Ask ask) implements Job {}

    /**
     * A picture from a prompt and a picture: its start, or for an editing model its reference.
     *
     * @param image as the caller sent it
     * @param strength how much of the start is given up, above 0 and up to 1; null leaves it to the model
     */
    record FromImage(Ask ask, String image, @Nullable Double strength) implements Job {
        public FromImage {
            checked(strength);
        }

        /**
         * The strength, if it is one.
         *
         * @throws JobException if it is out of its range
         */
        public static Optional<Double> checked(@Nullable Double strength) {
            new Faults()
                    .check(
                            strength == null || (strength > 0 && strength <= 1),
                            "strength",
                            "must be above 0 and at most 1, not " + strength)
                    .refuse();
            return Optional.ofNullable(strength);
        }
    }

    /**
     * A picture of which a part is painted anew.
     *
     * @param mask white where to paint
     */
    record Fill(Ask ask, String image, String mask) implements Job {}
}
