package dev.darkroom.qwenimage;

import dev.darkroom.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The prompt embeds of a run, {@code [1, T, prompt width]} each; T differs between the two.
 *
 * @param negative null where no second pass is taken
 */
record Prompts(Tensor prompt, @Nullable Tensor negative) {}
