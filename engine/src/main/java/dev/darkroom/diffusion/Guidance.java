package dev.darkroom.diffusion;

import org.jspecify.annotations.Nullable;

/**
 * The ways in which a model can be made to follow its prompt more closely.
 *
 * @param embedded true if the model was trained to read a guidance scale
 * @param usualNegativePrompt what true CFG steers away from where a job names nothing; null if it then takes no second pass
 */
public record Guidance(boolean embedded, @Nullable String usualNegativePrompt) {}
