package dev.darkroom;

import dev.darkroom.job.Faults;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Timings;
import dev.darkroom.logs.JobLog;
import dev.darkroom.queue.Ticket;
import dev.darkroom.source.LoraFiles;
import dev.darkroom.source.SourceImages;
import dev.darkroom.store.Results;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * One job, from what was asked to where its pictures are. The GPU does one job at a time, while others may have their sources read or
 * their results stored: several threads can be in here.
 */
public final class Handler {
    /** Pictures of all jobs that may wait in memory for slow storage before the GPU waits too. */
    private static final int MOST_DRAWN = 16;

    private final ServedModels models;
    private final GpuLane gpu;
    private final SourceImages images;
    private final LoraFiles loras;
    private final Results results;
    private final Semaphore drawn = new Semaphore(MOST_DRAWN);

    Handler(ServedModels models, GpuLane gpu, SourceImages images, LoraFiles loras, Results results) {
        this.models = models;
        this.gpu = gpu;
        this.images = images;
        this.loras = loras;
        this.results = results;
    }

    /**
     * Does a job.
     *
     * @param log its lines in the log
     * @param gpuDone called when the GPU has done its part
     * @throws JobException if it cannot be done
     */
    public JobResult handle(Ticket ticket, JobLog log, Runnable gpuDone) throws InterruptedException {
        Job job = ticket.job();
        Progress progress = log.following(ticket);
        var timings = new Timings();

        // 1. which model, and can it do this?
        check(job);
        results.check(job.ask().delivery());
        ServedModel served = models.choose(job);

        try (var batch = new Batch(ticket, job, served, results, drawn, log)) {
            List<Sample> samples = batch.leftToDraw();

            if (!samples.isEmpty()) {
                // 2. source images and LoRAs
                try (var fetched = Fetched.of(job, images, loras)) {
                    timings.lap("fetch");
                    log.fetched(timings);

                    // 3. the GPU's turn: networks, then one picture after another, 4. each stored while the next is
                    // drawn
                    gpu.run(() -> {
                        timings.lap("queue");
                        progress.checkCancelled();
                        if (served.prepare(progress)) {
                            timings.lap("load");
                        }
                        for (Sample sample : samples) {
                            batch.draw(
                                    sample,
                                    progress,
                                    part -> served.model().render(job, sample, fetched.sources(), part));
                        }
                        return samples.size();
                    });
                }
            }
            gpuDone.run();

            // 5. the answer
            return batch.result(timings);
        }
    }

    /**
     * Refuses what no model here or no storage can do.
     *
     * @throws JobException that lists every field at fault
     */
    void check(Job job) {
        new Faults()
                .unless(() -> models.check(job))
                .unless(() -> results.checkForm(job.ask().delivery()))
                .refuse();
    }
}
