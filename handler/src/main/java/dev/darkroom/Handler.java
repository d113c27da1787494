package dev.darkroom;

import dev.darkroom.job.Exposure;
import dev.darkroom.job.Faults;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Timings;
import dev.darkroom.queue.Ticket;
import dev.darkroom.store.Results;
import dev.darkroom.store.SourceImages;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One job, from what was asked to where its pictures are. The GPU does one job at a time, while others may have their sources read or
 * their results stored: several threads can be in here.
 */
public final class Handler {
    private final List<ServedModel> models;
    private final GpuLane gpu;
    private final SourceImages images;
    private final Results results;

    /** @param models the default first */
    Handler(List<ServedModel> models, GpuLane gpu, SourceImages images, Results results) {
        this.models = List.copyOf(models);
        this.gpu = gpu;
        this.images = images;
        this.results = results;
    }

    /**
     * Does a job.
     *
     * @param progress follows it
     * @throws JobException if it cannot be done
     */
    public JobResult handle(Ticket ticket, Progress progress) throws InterruptedException {
        Job job = ticket.job();
        var timings = new Timings();

        // 1. which model, and can it do this?
        ServedModel served = model(job.ask().model());
        served.model().check(job);
        results.check(job.ask().delivery());

        try (var batch = new Batch(ticket, job, served, results)) {
            List<Exposure> exposures = batch.leftToDraw();

            // 2. source images
            Sources sources = sources(job);
            timings.lap("fetch");

            // 3. the GPU's turn: one picture after another, 4. each encoded and stored while the next is drawn
            if (!exposures.isEmpty()) {
                gpu.run(() -> {
                    timings.lap("queue");
                    for (Exposure exposure : exposures) {
                        batch.draw(
                                exposure,
                                progress,
                                part -> served.model().render(job, exposure, sources.image, sources.mask, part));
                    }
                    return exposures.size();
                });
            }

            // 5. the answer
            return batch.result(timings);
        }
    }

    private ServedModel model(@Nullable String name) {
        if (name == null) {
            return models.getFirst();
        }
        return models.stream()
                .filter(model -> model.name().equals(name))
                .findFirst()
                .orElseThrow(() -> JobException.badInput("model: must be one of "
                        + models.stream().map(ServedModel::name).collect(Collectors.joining(", "))
                        + ", not " + Faults.quoted(name)));
    }

    private record Sources(
            @Nullable Picture image, @Nullable Picture mask) {}

    private Sources sources(Job job) throws InterruptedException {
        return switch (job) {
            case Job.TextToImage ignored -> new Sources(null, null);
            case Job.FromImages from ->
                new Sources(images.load("image", from.images().getFirst()), null);
            case Job.Fill fill -> new Sources(images.load("image", fill.image()), images.load("mask", fill.mask()));
        };
    }
}
