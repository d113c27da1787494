package dev.darkroom.job;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks as tests need them: one picture of one prompt, as PNG. */
public final class Asks {
    public static final Delivery PNG = new Delivery(ImageFormat.PNG, 90, Return.AUTO, false, null);

    private Asks() {}

    /** An ask for one picture; null leaves the choice to the checkpoint. */
    public static Ask of(
            String prompt,
            @Nullable String negativePrompt,
            @Nullable Size size,
            @Nullable Integer steps,
            @Nullable Double guidanceScale,
            @Nullable Double trueCfgScale,
            long seed) {
        return new Ask(
                null,
                List.of(prompt),
                negativePrompt,
                size == null ? null : new Framing.Exact(size),
                steps,
                guidanceScale,
                trueCfgScale,
                seed,
                1,
                false,
                List.of(),
                PNG,
                List.of());
    }

    /** The first picture of a job. */
    public static Sample first(Job job) {
        return job.ask().samples().getFirst();
    }
}
