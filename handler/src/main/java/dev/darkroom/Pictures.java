package dev.darkroom;

import dev.darkroom.job.Envelope;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Timings;
import dev.darkroom.model.Rendering;
import dev.darkroom.queue.Ticket;
import dev.darkroom.store.Finished;
import dev.darkroom.store.Kept;
import dev.darkroom.store.ResultName;
import dev.darkroom.store.Results;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The pictures of one job: drawn one after another, each stored while the next is drawn. One that fails leaves the others. Tells the job's
 * ticket what happens, and keeps the times.
 */
final class Pictures implements AutoCloseable {
    private static final int LOOK_AGAIN_MILLISECONDS = 100;

    /** Pictures of one job that may wait for their storage at a time: another job's have room beside them. */
    private static final int MOST_WAITING = 8;

    private final Ticket ticket;
    private final ServedModel model;
    private final Envelope envelope;
    private final Results results;
    private final List<Sample> samples;
    private final ExecutorService storing = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore own = new Semaphore(MOST_WAITING);
    private final Semaphore waiting;
    private final Timings timings = new Timings();
    private volatile boolean storageFailed;

    // by index of the sample
    private final TreeMap<Integer, Future<Outcome>> stored = new TreeMap<>();
    private final TreeMap<Integer, JobResult.Failure> failures = new TreeMap<>();

    /** A stored picture and how long that took. */
    private record Outcome(JobResult.Image image, Timings timings, List<String> notes) {}

    /** @param waiting lets so many pictures of all jobs wait for their storage at a time */
    Pictures(Ticket ticket, Job job, ServedModel model, Results results, Semaphore waiting) {
        this.ticket = ticket;
        this.model = model;
        this.envelope = job.envelope();
        this.results = results;
        this.waiting = waiting;
        this.samples = job.samples();
    }

    /** Stores what an earlier try of this job drew but could not store; gives what is left to draw. */
    List<Sample> resendUnsent() {
        List<Sample> left = new ArrayList<>();
        for (Sample sample : samples) {
            if (!results.hasUnsent(name(sample))) {
                left.add(sample);
                continue;
            }
            ticket.started();
            var timings = new Timings();
            try {
                Optional<Kept> kept = results.resend(name(sample), envelope.delivery(), share());
                timings.lap("store");
                kept.ifPresentOrElse(
                        sent -> stored.put(
                                sample.index(), CompletableFuture.completedFuture(told(sample, sent, timings))),
                        () -> left.add(sample));
            } catch (JobException e) {
                failures.put(sample.index(), new JobResult.Failure(sample, e));
            }
        }
        return left;
    }

    /** Notes that the job's images and LoRAs are there. */
    void fetched() {
        timings.lap("fetch");
        ticket.fetched(timings);
    }

    /** Notes that the GPU begins with the job, unless it was withdrawn while it waited. */
    void started() {
        timings.lap("queue");
        ticket.started();
    }

    /** Notes that networks had to be loaded. */
    void loaded() {
        timings.lap("load");
    }

    /** Draws a picture on this thread, which is the GPU's, and has it stored on another. */
    void draw(Sample sample, Function<Progress, Rendering> render) throws InterruptedException {
        try {
            ticket.checkCancelled();
            if (storageFailed) {
                throw new JobException(
                        JobException.Code.STORE_FAILED, "not drawn, because another picture could not be stored", null);
            }
            Rendering rendering = render.apply(ticket.part(sample.index(), samples.size()));
            ticket.drawn(sample, rendering.timings());
            acquire(own);
            acquire(waiting);
            submit(sample, rendering);
        } catch (RuntimeException | Error e) {
            JobException reason = Failures.toJobException(e);
            if (samples.size() == 1 || reason.code().endsTheJob()) {
                throw e;
            }
            failures.put(sample.index(), new JobResult.Failure(sample, reason));
        }
    }

    private void submit(Sample sample, Rendering rendering) {
        boolean submitted = false;
        try {
            stored.put(sample.index(), storing.submit(() -> store(sample, rendering)));
            submitted = true;
        } finally {
            if (!submitted) {
                waiting.release();
            }
        }
    }

    private Outcome store(Sample sample, Rendering rendering) {
        try {
            var timings = new Timings();
            timings.add(rendering.timings());
            String caption = envelope.delivery().stripMetadata() ? null : Caption.of(model, sample, rendering);
            Kept kept = results.keep(new Finished(
                    name(sample), rendering.picture(), sample.seed(), envelope.delivery(), share(), caption));
            timings.lap("store");
            Outcome outcome = told(sample, kept, timings);
            outcome.notes.addAll(rendering.notes());
            return outcome;
        } catch (JobException e) {
            if (e.code() == JobException.Code.STORE_FAILED) {
                storageFailed = true;
            }
            throw e;
        } finally {
            waiting.release();
            own.release();
        }
    }

    private void acquire(Semaphore places) throws InterruptedException {
        while (!places.tryAcquire(LOOK_AGAIN_MILLISECONDS, TimeUnit.MILLISECONDS)) {
            ticket.checkCancelled();
        }
    }

    private Outcome told(Sample sample, Kept kept, Timings timings) {
        var made = new Sample(sample.index(), sample.promptIndex(), sample.prompt(), kept.seed());
        var image = new JobResult.Image(made, kept.stored(), kept.format(), kept.size(), kept.bytes());
        ticket.stored(image);
        return new Outcome(image, timings, new ArrayList<>(kept.notes()));
    }

    /**
     * Waits until all pictures are stored.
     *
     * @throws JobException if not one is there
     */
    JobResult result() throws InterruptedException {
        List<JobResult.Image> images = new ArrayList<>();
        List<String> notes = new ArrayList<>(envelope.notes());
        for (Sample sample : samples) {
            Future<Outcome> future = stored.get(sample.index());
            try {
                if (future != null) {
                    Outcome outcome = future.get();
                    images.add(outcome.image);
                    timings.add(outcome.timings);
                    notes.addAll(outcome.notes);
                }
            } catch (ExecutionException e) {
                failures.put(
                        sample.index(),
                        new JobResult.Failure(
                                sample, Failures.toJobException(Objects.requireNonNullElse(e.getCause(), e))));
            }
        }
        if (images.isEmpty()) {
            throw failures.firstEntry().getValue().reason();
        }
        return new JobResult(
                images,
                List.copyOf(failures.values()),
                samples.getFirst().seed(),
                timings.milliseconds(),
                model.name(),
                model.revision(),
                notes.stream().distinct().toList());
    }

    private ResultName name(Sample sample) {
        return new ResultName(ticket.id(), sample.index());
    }

    private long share() {
        return Finished.share(ticket.largestAnswer(), samples.size());
    }

    /** Waits until nothing is being stored any more. */
    @Override
    public void close() {
        storing.close();
    }
}
