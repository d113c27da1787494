package dev.darkroom.job;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A job, one kind for each combination of wanted results and given sources. Images and masks are as the caller sent them: base64, a data
 * URI, an address or a path.
 */
public sealed interface Job {
    /** Fields that jobs of every kind share: the model, and the delivery of results. */
    Envelope envelope();

    /** Results to make, in order; at least one. */
    List<Sample> samples();

    /** Images that the job brings, in order. */
    default List<String> images() {
        return List.of();
    }

    /** Mask beside the one image; null without one. */
    default @Nullable String mask() {
        return null;
    }

    /** Video whose frames an animation follows; null without one. */
    default @Nullable String video() {
        return null;
    }

    /** Part of the mask where to paint. */
    default MaskPaints maskPaints() {
        return MaskPaints.WHITE;
    }

    /** LoRAs that go on top of the model. */
    default List<Lora> loras() {
        return List.of();
    }

    /**
     * A job for one animation: pictures of which each is drawn from the one before.
     *
     * @param sampling of one prompt and one output
     * @param images none, or the one that the first frame is drawn from
     * @param mask outside which all frames keep that image; null for none
     * @param maskPaints part of the mask where frames change
     * @param video whose frames those of the animation are drawn from, or follow; null for none
     */
    record Animation(
            Envelope envelope,
            Sampling sampling,
            AnimationSettings settings,
            List<String> images,
            @Nullable String mask,
            MaskPaints maskPaints,
            @Nullable String video)
            implements Job {
        /** An animation all of whose pixels change. */
        public Animation(Envelope envelope, Sampling sampling, AnimationSettings settings, List<String> images) {
            this(envelope, sampling, settings, images, null, MaskPaints.WHITE, null);
        }

        public Animation {
            images = List.copyOf(images);
            new Faults()
                    .range("images", images.size(), 0, 1)
                    .range("prompts", sampling.prompts().size(), 1, 1)
                    .range("num_outputs", sampling.outputs(), 1, 1)
                    .check(mask == null || !images.isEmpty(), "mask", "needs an image, which frames keep outside it")
                    .refuse();
        }

        /** Exactly one: the whole animation. */
        @Override
        public List<Sample> samples() {
            Sample sample = sampling.samples().getFirst();
            return List.of(new Sample(0, 0, sample.prompt(), settings.seed().orElse(sample.seed())));
        }

        @Override
        public List<Lora> loras() {
            return sampling.loras();
        }
    }

    /** A job for pictures drawn from noise by prompts. The model's pipeline decides how many images such a job may bring. */
    sealed interface Generation extends Job {
        /** Parameters of the generation: prompts, steps, scales, seed and LoRAs. */
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

    /** A job for pictures from prompts alone. */
    record TextToImage(Envelope envelope, Sampling sampling) implements Generation {}

    /**
     * A job for pictures from prompts and images: the start, or for an editing model its references.
     *
     * @param images at least one
     * @param strength part of the start that is given up, above 0 and up to 1; null leaves it to the model
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
         * Checks a strength; empty if it is null.
         *
         * @throws JobException if the strength is out of its range
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
     * A job for pictures of which a part is repainted.
     *
     * @param maskPaints part of the mask where to paint
     */
    record Fill(Envelope envelope, Sampling sampling, String image, String mask, MaskPaints maskPaints)
            implements Generation {
        /** A job whose mask is white where to paint. */
        public Fill(Envelope envelope, Sampling sampling, String image, String mask) {
            this(envelope, sampling, image, mask, MaskPaints.WHITE);
        }

        @Override
        public List<String> images() {
            return List.of(image);
        }
    }
}
