package dev.darkroom.job;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Jobs as tests need them: one picture of one prompt, as PNG. */
public final class TestJobs {
    public static final Delivery PNG = new Delivery(ImageFormat.PNG, 90, Return.AUTO, false, 0, null);

    /** No model named, as PNG, no notes. */
    public static final Envelope PLAIN = new Envelope(null, PNG, List.of());

    private TestJobs() {}

    /** One picture; null leaves the choice to the checkpoint. */
    public static Sampling of(
            String prompt,
            @Nullable String negativePrompt,
            @Nullable Size size,
            @Nullable Integer steps,
            @Nullable Double guidanceScale,
            @Nullable Double trueCfgScale,
            long seed) {
        return new Sampling(
                List.of(prompt),
                negativePrompt,
                size == null ? null : new Framing.Exact(size),
                steps,
                guidanceScale,
                trueCfgScale,
                seed,
                1,
                Shortcuts.NONE,
                List.of());
    }

    /** The parameters of a job that draws. */
    public static Sampling sampling(Job job) {
        return ((Job.Generation) job).sampling();
    }

    /** The first picture of a job. */
    public static Sample first(Job job) {
        return job.samples().getFirst();
    }
}
