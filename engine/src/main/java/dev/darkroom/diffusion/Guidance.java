package dev.darkroom.diffusion;

import org.jspecify.annotations.Nullable;

/**
 * Ways in which a model can be made to follow its prompt more closely: embedded guidance, and true CFG with a negative prompt.
 *
 * @param embedded true if the model was trained to read a guidance scale
 * @param usualNegativePrompt negative prompt of true CFG where a job names none; null for no second pass in that case
 */
public record Guidance(boolean embedded, @Nullable String usualNegativePrompt) {}
