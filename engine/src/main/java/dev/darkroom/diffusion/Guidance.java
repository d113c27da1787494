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
    /** The refusal of a guidance scale beside a scale of true CFG where both mean one. */
    static final String SAME_AS_TRUE_CFG_SCALE = "means the same as true_cfg_scale for this model: send one of them";

    /** Makes guidance in which a guidance scale is embedded, or means nothing. */
    public Guidance(boolean embedded, @Nullable String usualNegativePrompt) {
        this(embedded, usualNegativePrompt, null);
    }

    /**
     * Says what is wrong with a guidance scale for a model that reads none. One of up to 1 means one pass a step wherever a guidance scale
     * means true CFG, so a model that takes one pass has what was asked for.
     */
    Optional<String> refusal(@Nullable Double guidanceScale) {
        double most = usualNegativePrompt == null ? 1 : 0;
        if (embedded || singlePass != null || guidanceScale == null || guidanceScale >= 0 && guidanceScale <= most) {
            return Optional.empty();
        }
        return Optional.of("this model has no guidance embedding: "
                + (usualNegativePrompt == null
                        ? "leave it out or send up to 1"
                        : "send true_cfg_scale in its place, or 0")
                + ", not " + guidanceScale);
    }

    /** Says that a negative prompt needs a second pass, by the scale that was asked for or is usual. */
    String withoutEffect(@Nullable Double guidanceScale, double trueCfgScale) {
        return guidanceScale == null || singlePass == null
                ? "has no effect with a true_cfg_scale of " + trueCfgScale + ": send one above 1"
                : "has no effect with a guidance_scale of " + guidanceScale + ": send one above "
                        + singlePass.intValue();
    }

    /** Returns the scale of true CFG that a job means by its guidance scale, at least 1; empty if it names none, or means none by it. */
    Optional<Double> trueCfgScale(@Nullable Double guidanceScale) {
        return guidanceScale == null || singlePass == null
                ? Optional.empty()
                : Optional.of(Math.max(1, guidanceScale - singlePass + 1));
    }
}
