package dev.darkroom;

import dev.darkroom.job.Delivery;
import dev.darkroom.job.Envelope;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Job;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Return;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Shortcuts;
import dev.darkroom.model.CheckpointDefaults;
import dev.darkroom.model.Fit;
import dev.darkroom.model.ImageModel;
import dev.darkroom.queue.http.ModelReport;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds out what a model can do by asking it about jobs of each kind. */
final class ModelAbilities {
    private static final Envelope ENVELOPE =
            new Envelope(null, new Delivery(ImageFormat.PNG, 90, Return.AUTO, false, 0, null), List.of());
    private static final Sampling SAMPLING = new Sampling(
            List.of("a red circle"), null, null, null, null, null, 0, 1, Shortcuts.NONE, List.of());

    private ModelAbilities() {}

    static ModelReport.Abilities of(ImageModel model) {
        int most = Limits.MOST_IMAGES;
        while (most > 0 && model.fit(images(most, null)) == Fit.UNABLE) {
            most--;
        }
        boolean fills = model.fit(new Job.Fill(ENVELOPE, SAMPLING, "", "")) != Fit.UNABLE;
        return new ModelReport.Abilities(
                model.fit(new Job.TextToImage(ENVELOPE, SAMPLING)) != Fit.UNABLE,
                model.fit(images(1, null)) == Fit.MADE_FOR,
                model.fit(images(1, 0.5)) == Fit.MADE_FOR,
                fills,
                fills ? Math.max(1, most) : most);
    }

    static ModelReport.Defaults defaults(ImageModel model) {
        CheckpointDefaults known = model.defaults();
        return new ModelReport.Defaults(known.size(), known.steps(), known.guidanceScale(), known.trueCfgScale());
    }

    private static Job images(int count, @Nullable Double strength) {
        return new Job.FromImages(ENVELOPE, SAMPLING, Collections.nCopies(count, ""), strength);
    }
}
