package dev.darkroom;

import dev.darkroom.job.Faults;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Sample;
import dev.darkroom.model.GpuLane;
import dev.darkroom.provenance.PictureSeal;
import dev.darkroom.queue.Ticket;
import dev.darkroom.source.LoraFiles;
import dev.darkroom.source.SourceImages;
import dev.darkroom.source.SourceVideos;
import dev.darkroom.store.Results;
import java.util.List;
import java.util.concurrent.Semaphore;

/**
 * Does a job, from the request to the addresses of its pictures. The GPU does one job at a time, while others have their sources fetched
 * or their pictures stored: several threads can be in here.
 */
public final class Handler {
    /** Drawn pictures, of all jobs together, that may wait in memory for slow storage before the GPU waits too. */
    private static final int MOST_WAITING = 16;

    private final ServedModels models;
    private final GpuLane gpu;
    private final SourceImages images;
    private final SourceVideos videos;
    private final LoraFiles loras;
    private final Results results;
    private final PictureSeal seal;
    private final Semaphore placesForDrawn = new Semaphore(MOST_WAITING);

    Handler(
            ServedModels models,
            GpuLane gpu,
            SourceImages images,
            SourceVideos videos,
            LoraFiles loras,
            Results results,
            PictureSeal seal) {
        this.models = models;
        this.gpu = gpu;
        this.images = images;
        this.videos = videos;
        this.loras = loras;
        this.results = results;
        this.seal = seal;
    }

    /**
     * Does a job, and reports its progress to its ticket.
     *
     * @throws JobException if the job cannot be done
     */
    public JobResult handle(Ticket ticket) throws InterruptedException {
        // 1. what was asked: read and checked when it was submitted
        Job job = ticket.job();

        // 2. the model that does it, and where its pictures will go
        ServedModel model = models.choose(job);
        results.check(job.envelope().delivery());

        try (var pictures = new Pictures(ticket, job, model, results, seal, placesForDrawn)) {
            // 3. pictures that an earlier try drew already only need storing
            List<Sample> left = pictures.resendUnsent();

            if (!left.isEmpty()) {
                // 4. images, videos and LoRAs are fetched while the GPU may be busy with another job
                try (var fetched = JobSources.fetch(job, images, videos, loras, seal.sources(job))) {
                    pictures.fetched(fetched.said());

                    // 5. the GPU's turn: the model's networks are loaded, then pictures are drawn, small ones together
                    gpu.run(() -> {
                        pictures.started();
                        if (model.prepare(job, left, fetched.sources(), ticket)) {
                            pictures.loaded();
                        }
                        for (List<Sample> batch : model.batches(job, left, fetched.sources())) {
                            // 6. each is stored on another thread while the next is drawn
                            pictures.draw(batch, (some, part) -> model.render(job, some, fetched.sources(), part));
                        }
                        return left.size();
                    });
                }
            }
            ticket.rendered();

            // 7. the answer, once all pictures are stored
            return pictures.result();
        }
    }

    /**
     * Refuses a job that no model of this worker can do, or whose pictures it cannot deliver.
     *
     * @throws JobException that lists every field at fault
     */
    void check(Job job) {
        new Faults()
                .unless(() -> models.check(job))
                .unless(() -> results.checkForm(job.envelope().delivery()))
                .unless(() -> seal.check(job.envelope().delivery()))
                .refuse();
    }
}
