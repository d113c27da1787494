package dev.darkroom.diffusion;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Ways in which a model can be made to follow its prompt more closely: embedded guidance, and true CFG with a negative prompt.
 *
 * @param embedded true if the model was trained to read a guidance scale
 * @param usualNegativePrompt negative prompt of true CFG where a job names none; null for no second pass in that case
 * @param singlePass the guidance scale for which the reference takes one pass a step, of a model that embeds none and whose pipeline means true
 *     CFG by a guidance scale, counted from here; null if it means nothing by it
 */
public record Guidance(
        boolean embedded,
        @Nullable String usualNegativePrompt,
        @Nullable Double singlePass) {
    /** Makes guidance in which a guidance scale is embedded, or means nothing. */
    public Guidance(boolean embedded, @Nullable String usualNegativePrompt) {
        this(embedded, usualNegativePrompt, null);
    }

    /** Returns the scale of true CFG that a job means by its guidance scale, at least 1; empty if it names none, or means none by it. */
    Optional<Double> trueCfgScale(@Nullable Double guidanceScale) {
        return guidanceScale == null || singlePass == null
                ? Optional.empty()
                : Optional.of(Math.max(1, guidanceScale - singlePass + 1));
    }
}
