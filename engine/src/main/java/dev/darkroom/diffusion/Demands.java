package dev.darkroom.diffusion;

import dev.darkroom.job.Size;
import dev.darkroom.model.Demand;
import dev.darkroom.model.Workload;
import java.util.List;

/** Finds what a model's runs take beside its weights, by the rules of its pipeline. */
record Demands(Pipeline pipeline, Choices choices) {
    /**
     * Finds what a run takes, at most.
     *
     * @param images sizes of the job's images
     * @param pictures that the job asks for
     * @param loras bytes of the job's LoRAs
     */
    Demand of(Size generated, List<Size> images, int pictures, int steps, long loras) {
        int tokens = pipeline.imageTokens(generated, images);
        int own = TokenGrid.of(generated).tokens();
        int batch = Batches.atMost(pictures, tokens, choices.limits());
        // references are seen at sizes of their own; a picture to start from, or to fill, is as large as the result
        long references = pixels(tokens - own);
        long largest = images.stream()
                .mapToLong(image -> pixels(pipeline.imageTokens(generated, List.of(image)) - own))
                .max()
                .orElse(0);
        long encoded = images.isEmpty() ? 0 : largest == 0 ? generated.area() : largest;
        int pixelsOfToken = pipeline.family().pixelsOfSeenToken();
        long seen = pixelsOfToken == 0 ? 0 : references / pixelsOfToken + 2L * images.size();
        var work = new Workload(
                (long) batch * tokens,
                choices.defaults().maxSequenceLength() + seen,
                generated.area(),
                encoded,
                batch,
                Math.min(steps, Denoiser.STEPS_AT_ONCE));
        return type -> pipeline.family()
                .activations(work, type)
                .keeping(Checkpoint.CACHES * Checkpoint.MOST_KEPT_BYTES + loras);
    }

    private static long pixels(int tokens) {
        return (long) tokens * TokenGrid.PIXELS * TokenGrid.PIXELS;
    }
}
