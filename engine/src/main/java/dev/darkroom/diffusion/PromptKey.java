package dev.darkroom.diffusion;

import java.util.List;

/**
 * Key of cached prompt embeds: everything that they are made from.
 *
 * @param template name of the template around the prompt; empty for none
 * @param maxSequenceLength largest number of tokens that are read
 * @param images the pictures that the text encoder sees beside the prompt
 * @param adaptedBy the LoRAs that are on the text encoders; empty for none
 */
public record PromptKey(
        String template, String prompt, int maxSequenceLength, List<PictureKey> images, String adaptedBy) {
    public PromptKey {
        images = List.copyOf(images);
    }
}
