package dev.darkroom.qwenimage;

import dev.darkroom.tensor.TensorCache;
import java.util.List;

/**
 * What was encoded for earlier jobs, found again by content: another edit of the same picture encodes neither it nor, with the same prompt,
 * the prompt.
 *
 * @param prompts prompt embeds
 * @param visions what the text encoder's eyes made of a picture
 * @param latents packed latents of a picture
 */
public record Encoded(TensorCache<PromptKey> prompts, TensorCache<VisionKey> visions, TensorCache<PictureKey> latents)
        implements AutoCloseable {
    /**
     * What prompt embeds are made from.
     *
     * @param adaptedBy the LoRAs that are on the text encoder; empty for none
     */
    public record PromptKey(
            PromptTemplate template,
            String prompt,
            int maxSequenceLength,
            List<PictureKey> conditions,
            String adaptedBy) {}

    /** A picture, and by whose LoRAs it is seen. */
    public record VisionKey(PictureKey condition, String adaptedBy) {}

    /** @param mostBytes what each of the three may keep */
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
