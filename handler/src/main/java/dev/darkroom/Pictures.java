package dev.darkroom;

import dev.darkroom.credentials.Origin;
import dev.darkroom.job.Delivery;
import dev.darkroom.job.Envelope;
import dev.darkroom.job.Frames;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Media;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Timings;
import dev.darkroom.model.Rendering;
import dev.darkroom.provenance.PictureSeal;
import dev.darkroom.queue.Ticket;
import dev.darkroom.store.PictureToStore;
import dev.darkroom.store.ResultName;
import dev.darkroom.store.Results;
import dev.darkroom.store.StoreException;
import java.util.ArrayList;
import java.util.Comparator;
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
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The pictures of one job: drawn one batch after another on the GPU's thread, each stored on another thread while the next is drawn. One that
 * fails leaves the others. Reports to the job's ticket what happens, and keeps the times.
 */
final class Pictures implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Pictures.class);
    private static final int LOOK_AGAIN_MILLISECONDS = 100;

    /** Drawn pictures of one job that may wait in memory for their storage: another job's have room beside them. */
    private static final int MOST_WAITING = 8;

    /** Pixels of the picture that stands for a film. */
    private static final int LONGEST_OF_POSTER = 512;

    private static final int QUALITY_OF_POSTER = 85;

    /** Bytes of base64 of such a picture, at most. */
    private static final int MOST_OF_POSTER = 400_000;

    private final Ticket ticket;
    private final ServedModel model;
    private final Envelope envelope;
    private final List<Sample> samples;
    private final boolean wantsPoster;
    private final Frames frames;
    private final Results results;
    private final PictureSeal seal;
    private final Timings timings = new Timings();
    private final Progress progress;

    private final ExecutorService storing = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore placesOfThisJob = new Semaphore(MOST_WAITING);
    private final Semaphore placesOfAllJobs;
    private volatile boolean storageFailed;
    private volatile Optional<JobSources.Said> sources = Optional.empty();

    // pictures that need the GPU no more: stored before, drawn, or failed
    private int behind;

    // by index of the sample
    private final TreeMap<Integer, Future<Done>> stored = new TreeMap<>();
    private final TreeMap<Integer, JobResult.Failure> failures = new TreeMap<>();

    /** A stored picture, and how long drawing and storing it took. */
    private record Done(JobResult.Image image, Timings timings) {}

    /** @param placesOfAllJobs one for each drawn picture, of whichever job, that may wait in memory for its storage */
    Pictures(Ticket ticket, Job job, ServedModel model, Results results, PictureSeal seal, Semaphore placesOfAllJobs) {
        this.ticket = ticket;
        this.model = model;
        this.envelope = job.envelope();
        this.samples = job.samples();
        this.wantsPoster =
                job instanceof Job.Animation animation && animation.settings().poster() != null;
        this.frames = results.frames(ticket.id());
        this.results = results;
        this.seal = seal;
        this.placesOfAllJobs = placesOfAllJobs;
        this.progress = new PreviewedProgress(ticket, envelope.delivery().previews(), frames, storing);
    }

    /** Stores the pictures that an earlier try of this job drew but could not store; returns the samples left to draw. */
    List<Sample> resendUnsent() {
        List<Sample> left = new ArrayList<>(samples);
        left.removeIf(sample -> results.hasUnsent(new ResultName(ticket.id(), sample.index())));
        if (left.isEmpty()) {
            ticket.started(); // with pictures left to draw, it waits for the GPU like any other job
        }
        List<Sample> unsent = new ArrayList<>(samples);
        unsent.removeAll(left);
        for (Sample sample : unsent) {
            try {
                resend(sample)
                        .ifPresentOrElse(
                                done -> stored.put(sample.index(), CompletableFuture.completedFuture(done)),
                                () -> left.add(sample));
            } catch (JobException e) {
                failures.put(sample.index(), new JobResult.Failure(sample, e));
            }
        }
        left.sort(Comparator.comparingInt(Sample::index));
        behind = samples.size() - left.size();
        return left;
    }

    private Optional<Done> resend(Sample sample) {
        var parts = new Timings();
        Optional<JobResult.Image> image = results.resend(
                ticket.id(), sample, envelope.delivery(), share(), new EarlierTry(seal, envelope.delivery()));
        parts.lap("store");
        image.ifPresent(ticket::stored);
        return image.map(sent -> new Done(sent, parts));
    }

    /** Notes that the job's images and LoRAs were fetched, and what its images say of themselves. */
    void fetched(Optional<JobSources.Said> sources) {
        this.sources = sources;
        timings.lap("fetch");
        ticket.fetched(timings);
    }

    /** Notes that the GPU begins with the job, unless it was cancelled while it waited. */
    void started() {
        timings.lap("queue");
        ticket.started();
    }

    /** Notes that networks had to be loaded. */
    void loaded() {
        timings.lap("load");
    }

    /** Draws some of the pictures together, all of them or none. */
    @FunctionalInterface
    interface Drawing {
        List<Rendering> of(List<Sample> batch, Progress progress);
    }

    /**
     * Draws pictures together on this thread, the GPU's, and has them stored on another. Waits for places before that if storage is slower
     * than the GPU. If they cannot be drawn together, each is drawn alone, and fails alone.
     *
     * @throws JobException if it was the job's only picture, or the failure concerns the whole job
     */
    void draw(List<Sample> batch, Drawing drawing) throws InterruptedException {
        List<Rendering> together = batch.size() == 1 || storageFailed ? List.of() : drawnTogether(batch, drawing);
        for (int i = 0; i < batch.size(); i++) {
            Sample sample = batch.get(i);
            try {
                handOver(
                        sample,
                        together.isEmpty() ? drawn(List.of(sample), drawing).getFirst() : together.get(i));
            } catch (RuntimeException | Error e) {
                JobException reason = Failures.toJobException(e);
                if (samples.size() == 1 || reason.code().endsTheJob()) {
                    throw e;
                }
                failures.put(sample.index(), new JobResult.Failure(sample, reason));
            }
            behind++;
        }
    }

    /** Returns nothing if the pictures could not be drawn together, for a reason that is not the whole job's. */
    private List<Rendering> drawnTogether(List<Sample> batch, Drawing drawing) {
        try {
            return drawn(batch, drawing);
        } catch (RuntimeException | Error e) {
            JobException reason = Failures.toJobException(e);
            if (reason.code().endsTheJob()) {
                throw e;
            }
            LOG.warnf(
                    reason.code().owner() == JobException.Owner.WORKER ? e : null,
                    "job %s %d pictures at once: %s; each is drawn alone",
                    ticket.id(),
                    batch.size(),
                    reason.getMessage());
            return List.of();
        }
    }

    private List<Rendering> drawn(List<Sample> batch, Drawing drawing) {
        ticket.checkCancelled();
        if (storageFailed) {
            throw new JobException(
                    JobException.Code.STORE_FAILED, "not drawn, because another picture could not be stored", null);
        }
        return drawing.of(batch, progress.part(behind, batch.size(), samples.size()));
    }

    private void handOver(Sample sample, Rendering rendering) throws InterruptedException {
        ticket.drawn(sample, rendering.timings());
        acquire(placesOfThisJob);
        acquire(placesOfAllJobs);
        storeOnAnotherThread(sample, rendering);
    }

    private void acquire(Semaphore places) throws InterruptedException {
        while (!places.tryAcquire(LOOK_AGAIN_MILLISECONDS, TimeUnit.MILLISECONDS)) {
            ticket.checkCancelled();
        }
    }

    private void storeOnAnotherThread(Sample sample, Rendering rendering) {
        boolean submitted = false;
        try {
            stored.put(sample.index(), storing.submit(() -> store(sample, rendering)));
            submitted = true;
        } finally {
            if (!submitted) {
                placesOfAllJobs.release();
            }
        }
    }

    private Done store(Sample asked, Rendering rendering) {
        long seed = rendering.seed().orElse(asked.seed());
        var sample = new Sample(asked.index(), asked.promptIndex(), asked.prompt(), seed);
        try {
            var parts = new Timings();
            parts.add(rendering.timings());
            String caption = envelope.delivery().stripMetadata() ? null : Caption.of(model, sample, rendering);
            PictureSeal.Marked marked = seal.marked(envelope.delivery(), rendering.media());
            JobResult.Image image = results.store(new PictureToStore(
                    ticket.id(),
                    sample,
                    marked.media(),
                    Stream.concat(
                                    rendering.notes().stream(),
                                    seal.notes(envelope.delivery(), rendering.media()).stream())
                            .toList(),
                    seal.inscription(envelope.delivery(), caption, origin(marked.mark())),
                    marked.mark().isPresent(),
                    envelope.delivery(),
                    share(),
                    ticket.outlivesProcess()));
            if (rendering.media() instanceof Media.Video video) {
                image = wantsPoster ? withPoster(image, video.poster(), caption) : image;
                frames.forget();
            }
            parts.lap("store");
            ticket.stored(image);
            return new Done(image, parts);
        } catch (JobException e) {
            if (e.code() == JobException.Code.STORE_FAILED) {
                storageFailed = true;
            }
            throw e;
        } finally {
            placesOfAllJobs.release();
            placesOfThisJob.release();
        }
    }

    /** Delivers the picture that stands for a film: marked and labelled as pictures are, beside the film, which is told without it if that fails. */
    private JobResult.Image withPoster(JobResult.Image film, Picture frame, @Nullable String caption) {
        Delivery asked = envelope.delivery();
        Sample made = film.sample();
        try {
            PictureSeal.Marked marked = seal.marked(asked, new Media.Still(SmallPicture.of(frame, LONGEST_OF_POSTER)));
            return film.with(results.storeBeside(new PictureToStore(
                    ticket.id(),
                    new Sample(made.index() + 1, made.promptIndex(), made.prompt(), made.seed()),
                    marked.media(),
                    List.of(),
                    seal.inscription(asked, caption, origin(marked.mark())),
                    marked.mark().isPresent(),
                    asked.as(ImageFormat.JPEG, QUALITY_OF_POSTER),
                    MOST_OF_POSTER,
                    ticket.outlivesProcess())));
        } catch (StoreException | JobException e) {
            LOG.warnf("job %s: its poster cannot be stored: %s", ticket.id(), e.getMessage());
            return film.noting("poster: could not be stored: " + e.getMessage());
        } catch (RuntimeException e) {
            LOG.warnf(e, "job %s: its poster cannot be made", ticket.id());
            return film.noting("poster: could not be made; the worker's log has more");
        }
    }

    private Origin origin(Optional<String> mark) {
        return new Origin(
                Optional.of(new Origin.Model(model.name(), Optional.ofNullable(model.revision()))),
                sources.map(found -> found.credentials().ingredients()).orElse(List.of()),
                mark);
    }

    private long share() {
        int room = ticket.largestAnswer() - (wantsPoster ? MOST_OF_POSTER : 0);
        return PictureToStore.share(room, samples.size());
    }

    /**
     * Waits until all pictures are stored, and sums up.
     *
     * @throws JobException the first picture's failure, if all of them failed
     */
    JobResult result() throws InterruptedException {
        List<JobResult.Image> images = new ArrayList<>();
        for (Sample sample : samples) {
            Future<Done> future = stored.get(sample.index());
            try {
                if (future != null) {
                    Done done = future.get();
                    images.add(done.image);
                    timings.add(done.timings);
                }
            } catch (ExecutionException e) {
                JobException reason = Failures.toJobException(Objects.requireNonNullElse(e.getCause(), e));
                failures.put(sample.index(), new JobResult.Failure(sample, reason));
            }
        }
        if (images.isEmpty()) {
            throw failures.firstEntry().getValue().reason();
        }
        return new JobResult(
                images,
                List.copyOf(failures.values()),
                samples.size() == 1
                        ? images.getFirst().sample().seed()
                        : samples.getFirst().seed(),
                timings.milliseconds(),
                model.name(),
                model.revision(),
                model.license(),
                notes(images));
    }

    private List<String> notes(List<JobResult.Image> images) throws InterruptedException {
        List<String> ofSources = sources.isPresent() ? sources.get().notes() : List.of();
        return Stream.of(
                        envelope.notes().stream(),
                        ofSources.stream(),
                        images.stream().flatMap(image -> image.notes().stream()))
                .flatMap(notes -> notes)
                .distinct()
                .toList();
    }

    /** Waits until nothing is being stored any more; frames of a job that nobody does again are gone then. */
    @Override
    public void close() {
        storing.close();
        if (ticket.isOverWhenCancelled() && isCancelled()) {
            frames.forget();
        }
    }

    private boolean isCancelled() {
        try {
            ticket.checkCancelled();
            return false;
        } catch (JobException e) {
            return e.code() == JobException.Code.CANCELLED;
        }
    }
}
