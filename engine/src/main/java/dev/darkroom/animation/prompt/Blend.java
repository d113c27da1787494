package dev.darkroom.animation.prompt;

import java.util.List;

/**
 * A frame between two prompts: what they are encoded to is to be added up, with weight {@code 1 - weight} for the first.
 *
 * @param weight of the second, from 0 to below 1
 */
public record Blend(PromptAt from, PromptAt to, double weight) {
    /** A frame of one prompt. */
    public static Blend of(PromptAt only) {
        return new Blend(only, only, 0);
    }

    /** Both prompts; the second has no say where its weight is 0. */
    public List<PromptAt> both() {
        return weight == 0 ? List.of(from) : List.of(from, to);
    }

    /** True if it says what not to show. */
    public boolean isNegative() {
        return both().stream().anyMatch(prompt -> !prompt.negative().isEmpty());
    }

    /** Returns the same, leaving open what not to show. */
    public Blend withoutNegative() {
        return new Blend(new PromptAt(from.positive(), ""), new PromptAt(to.positive(), ""), weight);
    }
}
