package dev.darkroom;

import dev.darkroom.job.Delivery;
import dev.darkroom.job.Envelope;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Return;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Shortcuts;
import dev.darkroom.model.CheckpointDefaults;
import dev.darkroom.model.Fit;
import dev.darkroom.model.ImageModel;
import dev.darkroom.queue.http.ModelReport;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The models of a worker that serves, as its callers know them: by what each says to a job of every kind. */
@Singleton
class KnownModels implements ModelReport {
    private static final Envelope ENVELOPE =
            new Envelope(null, new Delivery(ImageFormat.PNG, 90, Return.AUTO, false, 0, null), List.of());
    private static final double SOME_GUIDANCE = 3.5;
    private static final double SOME_STRENGTH = 0.5;

    private volatile List<Model> models = List.of();

    /** Tells the models, once they are there. */
    void tell(List<ServedModel> served) {
        long now = Instant.now().getEpochSecond();
        models = served.stream().map(model -> described(model, now)).toList();
    }

    private static Model described(ServedModel served, long now) {
        ImageModel model = served.model();
        Map<Task, Boolean> tasks = new EnumMap<>(Task.class);
        for (Task task : Task.values()) {
            Fit fit = model.fit(job(task, null));
            if (fit != Fit.UNABLE) {
                tasks.put(task, fit == Fit.MADE_FOR);
            }
        }
        CheckpointDefaults known = model.defaults();
        var defaults = new Defaults(known.size(), known.steps(), known.guidanceScale(), known.trueCfgScale());
        boolean readsGuidance =
                known.trueCfgScale() <= 1 && tasks.keySet().stream().anyMatch(task -> takes(model, task));
        return new Model(
                served.name(),
                now,
                Collections.unmodifiableMap(tasks),
                mostImages(model),
                defaults,
                readsGuidance,
                served.license());
    }

    private static int mostImages(ImageModel model) {
        int most = Limits.MOST_IMAGES;
        while (most > 0 && model.fit(images(most, null, null)) == Fit.UNABLE) {
            most--;
        }
        return most == 0 && model.fit(job(Task.FILL, null)) != Fit.UNABLE ? 1 : most;
    }

    private static Job images(int count, @Nullable Double guidance, @Nullable Double strength) {
        return new Job.FromImages(ENVELOPE, sampling(guidance), Collections.nCopies(count, "a"), strength);
    }

    private static Sampling sampling(@Nullable Double guidance) {
        return new Sampling(List.of("a"), null, null, null, guidance, null, 0, 1, Shortcuts.NONE, List.of());
    }

    private static boolean takes(ImageModel model, Task task) {
        try {
            model.check(job(task, SOME_GUIDANCE));
            return true;
        } catch (JobException e) {
            return false;
        }
    }

    private static Job job(Task task, @Nullable Double guidance) {
        return switch (task) {
            case TEXT_TO_IMAGE -> new Job.TextToImage(ENVELOPE, sampling(guidance));
            case IMAGE_TO_IMAGE -> images(1, guidance, SOME_STRENGTH);
            case EDIT -> images(1, guidance, null);
            case FILL -> new Job.Fill(ENVELOPE, sampling(guidance), "a", "a");
        };
    }

    @Override
    public List<Model> now() {
        return models;
    }
}
