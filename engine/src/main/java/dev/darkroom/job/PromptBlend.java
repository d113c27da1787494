package dev.darkroom.job;

import org.jspecify.annotations.Nullable;

/**
 * A second prompt that a picture is drawn by: the embeds of both are added up, with weight {@code 1 - weight} for the first.
 *
 * @param negativePrompt second one of what not to show; null where both prompts share one
 * @param weight of the second, above 0 and below 1
 */
public record PromptBlend(String prompt, @Nullable String negativePrompt, double weight) {
    /** @throws JobException if the weight is out of its range */
    public PromptBlend {
        new Faults()
                .check(
                        weight > 0 && weight < 1,
                        "weight",
                        "of a second prompt must be above 0 and below 1, not " + weight)
                .refuse();
    }
}
