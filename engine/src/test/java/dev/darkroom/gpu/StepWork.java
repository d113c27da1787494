package dev.darkroom.gpu;

import dev.darkroom.flux.FluxConfig;

/**
 * What a pass of a FLUX transformer computes, in floating-point operations: its matrix products over all tokens, and attention of all
 * tokens to all. Modulations, embeddings and norms come to less than a hundredth.
 */
record StepWork(double products, double attention) {
    /** Of {@code batch} pictures at once. */
    static StepWork of(FluxConfig config, long textTokens, long imageTokens, int batch) {
        double tokens = textTokens + imageTokens;
        double width = (double) config.blocks().heads() * config.blocks().headWidth();
        double blocks = config.blocks().doubleBlocks() + config.blocks().singleBlocks();
        // a block of either kind multiplies each token with twelve squares of its width
        return new StepWork(
                batch * blocks * 2 * 12 * width * width * tokens, batch * blocks * 4 * tokens * tokens * width);
    }

    double tera() {
        return (products + attention) / 1e12;
    }
}
