package dev.darkroom.job;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A job, by what it brings. Images and masks are as the caller sent them: base64, a data URI, an address or a path. */
public sealed interface Job {
    int MOST_IMAGES = 3;

    Ask ask();

    /** Pictures from prompts. */
    record TextToImage(Ask ask) implements Job {}

    /**
     * Pictures from prompts and pictures: the start, or for an editing model its references.
     *
     * @param images one to three
     * @param strength how much of the start is given up, above 0 and up to 1; null leaves it to the model
     */
    record FromImages(
            Ask ask, List<String> images, @Nullable Double strength) implements Job {
        public FromImages {
            images = List.copyOf(images);
            new Faults().range("images", images.size(), 1, MOST_IMAGES).refuse();
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
     * Pictures of which a part is painted anew.
     *
     * @param mask white where to paint
     */
    record Fill(Ask ask, String image, String mask) implements Job {}
}
