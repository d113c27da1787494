package dev.darkroom.animation;

import dev.darkroom.job.Envelope;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Sampling;
import dev.darkroom.model.ImageModel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a model takes of that which files of Deforum state for Stable Diffusion: it is asked, for families differ. */
record Takes(ImageModel model, Envelope envelope, Sampling sampling) {
    /** True if it reads a guidance scale. */
    boolean guidance(double scale) {
        return isTaken(with(scale, null, null), "guidance_scale");
    }

    /** True if a negative prompt has an effect. */
    boolean negative(@Nullable Double guidance) {
        return isTaken(with(guidance, "words", sampling.trueCfgScale()), "negative_prompt");
    }

    private Sampling with(@Nullable Double guidance, @Nullable String negative, @Nullable Double trueCfgScale) {
        return new Sampling(
                List.of(""),
                negative,
                null,
                null,
                guidance,
                trueCfgScale,
                0,
                1,
                sampling.shortcuts(),
                sampling.loras());
    }

    private boolean isTaken(Sampling asked, String field) {
        try {
            model.check(new Job.TextToImage(envelope, asked));
            return true;
        } catch (JobException e) {
            return !String.valueOf(e.getMessage()).contains(field + ":");
        }
    }
}
