package dev.darkroom.animation.prompt;

/**
 * A frame between two prompts: what they are encoded to is to be added up, with weight {@code 1 - weight} for the first.
 *
 * @param weight of the second, from 0 to below 1
 */
public record Blend(PromptAt from, PromptAt to, double weight) {
    /** A frame of one prompt. */
    static Blend of(PromptAt only) {
        return new Blend(only, only, 0);
    }
}
