package dev.darkroom.diffusion;

import dev.darkroom.tensor.TensorCache;

/**
 * The encodings that outlive their job, found again by content: another edit of the same picture encodes neither the picture nor, with
 * the same prompt, the prompt. They stay when networks are freed.
 *
 * @param prompts prompt embeds, as the text encoders made them
 * @param visions what the text encoder's vision tower made of a picture
 * @param latents the distribution that the autoencoder encoded a picture to: its mean and the logarithm of its variance
 */
public record Encoded(TensorCache<PromptKey> prompts, TensorCache<VisionKey> visions, TensorCache<PictureKey> latents)
        implements AutoCloseable {
    /** Empty caches, each of which may keep so many bytes between two jobs. */
    public static Encoded within(long mostBytes) {
        return new Encoded(new TensorCache<>(mostBytes), new TensorCache<>(mostBytes), new TensorCache<>(mostBytes));
    }

    /** Frees what was not used for longest, until the rest fits; between two jobs only. */
    public void trim() {
        prompts.trim();
        visions.trim();
        latents.trim();
    }

    /** Frees everything. */
    @Override
    public void close() {
        prompts.close();
        visions.close();
        latents.close();
    }
}
