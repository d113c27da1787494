package dev.darkroom.model;

/**
 * The amounts that a run's networks compute with at once, from which follows what they take beside their weights.
 *
 * @param tokens of the generated pictures and of their references, all that the transformer sees at once but for the prompt's
 * @param textTokens of one prompt, with the pictures that the text encoder sees
 * @param generatedPixels of one picture, as the autoencoder decodes it
 * @param encodedPixels of the largest picture that the autoencoder encodes; 0 for none
 * @param batch pictures that are generated at once
 * @param steps of denoising
 */
public record Workload(long tokens, long textTokens, long generatedPixels, long encodedPixels, int batch, int steps) {}
