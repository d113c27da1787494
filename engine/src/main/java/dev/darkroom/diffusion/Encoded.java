package dev.darkroom.diffusion;

import dev.darkroom.tensor.TensorCache;

/**
 * Caches of encodings that outlive their job, keyed by content: another edit of a picture encodes neither the picture nor, with an equal
 * prompt, the prompt. They stay when networks are freed.
 *
 * @param prompts prompt embeds of the text encoders
 * @param visions tokens of pictures from the text encoder's vision tower
 * @param latents distributions that the autoencoder encoded pictures to: mean and logarithm of the variance
 */
public record Encoded(TensorCache<PromptKey> prompts, TensorCache<VisionKey> visions, TensorCache<PictureKey> latents)
        implements AutoCloseable {
    /** Makes empty caches, each of which may keep {@code mostBytes} bytes between two jobs. */
    public static Encoded within(long mostBytes) {
        return new Encoded(new TensorCache<>(mostBytes), new TensorCache<>(mostBytes), new TensorCache<>(mostBytes));
    }

    /** Frees the least recently used encodings until the rest fits; between two jobs only. */
    public void trim() {
        prompts.trim();
        visions.trim();
        latents.trim();
    }

    /** Frees all encodings; between two jobs only. */
    public void clear() {
        close();
    }

    /** Frees all encodings. */
    @Override
    public void close() {
        prompts.close();
        visions.close();
        latents.close();
    }
}
