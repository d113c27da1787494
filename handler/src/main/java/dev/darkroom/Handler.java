package dev.darkroom;

import dev.darkroom.flux.FluxModel;
import dev.darkroom.job.Ask;
import dev.darkroom.job.Exposure;
import dev.darkroom.job.Faults;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Stored;
import dev.darkroom.job.Timings;
import dev.darkroom.queue.Ticket;
import dev.darkroom.store.PictureEncoder;
import dev.darkroom.store.ResultFolder;
import dev.darkroom.store.SourceImages;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One job, from what was asked to where its pictures are. The GPU does one job at a time, while others may have their sources read or
 * their results stored: several threads can be in here.
 */
public final class Handler {
    private final Map<String, FluxModel> models;
    private final GpuLane gpu;
    private final ResultFolder results;

    /** @param models by name, the default first */
    public Handler(Map<String, FluxModel> models, GpuLane gpu, ResultFolder results) {
        this.models = new LinkedHashMap<>(models);
        this.gpu = gpu;
        this.results = results;
    }

    /**
     * Does a job.
     *
     * @throws JobException if it cannot be done; nothing is left behind then
     */
    public JobResult handle(Ticket ticket, Progress progress) throws InterruptedException {
        Job job = ticket.job();
        Ask ask = job.ask();
        var timings = new Timings();

        // 1. which model, and can it do this?
        String name = ask.model() == null ? models.keySet().iterator().next() : ask.model();
        FluxModel model = model(name);
        model.check(job);

        // 2. source images
        Sources sources = sources(job);
        timings.lap("fetch");

        List<JobResult.Image> images = new ArrayList<>();
        List<String> notes = new ArrayList<>(ask.notes());
        List<Exposure> exposures = ask.exposures();
        for (Exposure exposure : exposures) {
            // 3. the GPU's turn
            FluxModel.Rendering rendering = gpu.run(() -> {
                timings.lap("queue");
                progress.checkCancelled();
                return model.render(
                        job, exposure, sources.image, sources.mask, progress.part(exposure.index(), exposures.size()));
            });
            timings.add(rendering.timings());

            // 4. encode and store
            Picture picture = rendering.picture();
            byte[] file = PictureEncoder.encode(
                    picture, ask.delivery().format(), ask.delivery().quality());
            timings.lap("compress");
            var stored = new Stored.At(results.store(file, ask.delivery().format()));
            timings.lap("store");
            images.add(new JobResult.Image(exposure, stored, ask.delivery().format(), picture.size(), file.length));
            notes.addAll(rendering.notes());
        }

        // 5. the answer
        return new JobResult(
                images,
                List.of(),
                ask.seed(),
                timings.milliseconds(),
                name,
                null,
                notes.stream().distinct().toList());
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

    private static Sources sources(Job job) {
        return switch (job) {
            case Job.TextToImage ignored -> new Sources(null, null);
            case Job.FromImages from ->
                new Sources(SourceImages.decode("image", from.images().getFirst()), null);
            case Job.Fill fill ->
                new Sources(SourceImages.decode("image", fill.image()), SourceImages.decode("mask", fill.mask()));
        };
    }
}
