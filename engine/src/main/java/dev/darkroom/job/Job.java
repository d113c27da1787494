package dev.darkroom.job;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A job, by what it wants and brings. Images and masks are as the caller sent them: base64, a data URI, an address or a path. */
public sealed interface Job {
    /** Who does the job, and how its result is handed over. */
    Envelope envelope();

    /** The results to make, in order; at least one. */
    List<Sample> samples();

    /** The images that the job brings, in order. */
    default List<String> images() {
        return List.of();
    }

    /** The mask beside the one image, white where to paint; null without one. */
    default @Nullable String mask() {
        return null;
    }

    /** The LoRAs that go on top of the model. */
    default List<Lora> loras() {
        return List.of();
    }

    /** Pictures drawn from noise, as prompts say. How many images one may bring is for the model's pipeline to say. */
    sealed interface Generation extends Job {
        /** Prompts, steps, scales, seed and LoRAs. */
        Sampling sampling();

        @Override
        default List<Sample> samples() {
            return sampling().samples();
        }

        @Override
        default List<Lora> loras() {
            return sampling().loras();
        }
    }

    /** Pictures from prompts alone. */
    record TextToImage(Envelope envelope, Sampling sampling) implements Generation {}

    /**
     * Pictures from prompts and pictures: the start, or for an editing model its references.
     *
     * @param images one at least
     * @param strength how much of the start is given up, above 0 and up to 1; null leaves it to the model
     */
    record FromImages(
            Envelope envelope,
            Sampling sampling,
            List<String> images,
            @Nullable Double strength) implements Generation {
        public FromImages {
            images = List.copyOf(images);
            new Faults().range("images", images.size(), 1, Limits.MOST_IMAGES).refuse();
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
    record Fill(Envelope envelope, Sampling sampling, String image, String mask) implements Generation {
        @Override
        public List<String> images() {
            return List.of(image);
        }
    }
}
