package dev.darkroom;

import dev.darkroom.flux.FluxModel;
import dev.darkroom.job.Ask;
import dev.darkroom.job.Faults;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Timings;
import dev.darkroom.store.PictureEncoder;
import dev.darkroom.store.ResultFolder;
import dev.darkroom.store.SourceImages;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One job, from what was asked to where its picture is. The GPU does one job at a time, while others may have their sources read or their
 * results stored: several threads can be in here.
 */
public final class Handler {
    private final Map<String, FluxModel> models;
    private final GpuLane gpu;
    private final SourceImages sourceImages;
    private final ResultFolder results;

    /** @param models by name, the default first */
    public Handler(Map<String, FluxModel> models, GpuLane gpu, SourceImages sourceImages, ResultFolder results) {
        this.models = new LinkedHashMap<>(models);
        this.gpu = gpu;
        this.sourceImages = sourceImages;
        this.results = results;
    }

    /**
     * Does a job.
     *
     * @throws JobException if it cannot be done; nothing is left behind then
     */
    public JobResult handle(Job job, Progress progress) throws InterruptedException {
        Ask ask = job.ask();
        var timings = new Timings();

        // 1. which model, and can it do this?
        String name = ask.model() == null ? models.keySet().iterator().next() : ask.model();
        FluxModel model = model(name);
        model.check(job);

        // 2. source images
        Sources sources = sources(job);
        timings.lap("fetch");

        // 3. the GPU's turn
        FluxModel.Rendering rendering = gpu.run(() -> {
            timings.lap("queue");
            progress.checkCancelled();
            return model.render(job, sources.image, sources.mask, progress);
        });
        timings.add(rendering.timings());

        // 4. encode and store
        Picture picture = rendering.picture();
        byte[] file = PictureEncoder.encode(picture, ask.format(), ask.quality());
        timings.lap("compress");
        URI url = results.store(file, ask.format());
        timings.lap("store");

        // 5. the answer
        var image = new JobResult.Image(url, ask.format(), picture.size(), ask.seed());
        return new JobResult(List.of(image), ask.seed(), timings.milliseconds(), name, rendering.notes());
    }

    private FluxModel model(String name) {
        FluxModel model = models.get(name);
        if (model == null) {
            throw JobException.badInput(
                    "model: must be one of " + String.join(", ", models.keySet()) + ", not " + Faults.quoted(name));
        }
        return model;
    }

    private record Sources(
            @Nullable Picture image, @Nullable Picture mask) {}

    private Sources sources(Job job) throws InterruptedException {
        return switch (job) {
            case Job.TextToImage ignored -> new Sources(null, null);
            case Job.FromImage from -> new Sources(sourceImages.load("image", from.image()), null);
            case Job.Fill fill ->
                new Sources(sourceImages.load("image", fill.image()), sourceImages.load("mask", fill.mask()));
        };
    }
}
