package dev.darkroom.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A job that a server has accepted. Listeners are called one at a time, in order, on a thread of the client; one that comes late first
 * hears what it has missed, but of the progress the latest only. Safe for several threads.
 */
public final class JobHandle {
    private final String id;
    private final JobRun run;
    private final Wire wire;
    private final AnswerReader reader;

    JobHandle(String id, JobRun run, Wire wire, AnswerReader reader) {
        this.id = id;
        this.run = run;
        this.wire = wire;
        this.reader = reader;
    }

    /** Returns the id, by which {@link DarkroomClient#job} finds the job again, also from another process. */
    public String id() {
        return id;
    }

    /**
     * Returns what the job will come to. It fails with a {@link DarkroomException}. Whoever completes it otherwise, by
     * {@link CompletableFuture#cancel} or {@link CompletableFuture#orTimeout}, cancels the job at the server; futures that are derived from it
     * do not do so.
     */
    public CompletableFuture<Result> result() {
        return run.result();
    }

    /**
     * Waits for the result. An interrupt ends the waiting, and not the job.
     *
     * @throws DarkroomException if there is none
     * @throws java.util.concurrent.CancellationException if {@link #result} was cancelled
     */
    public Result await() throws InterruptedException {
        return run.await();
    }

    /**
     * Asks the server where the job stands.
     *
     * @throws DarkroomException if it does not say
     */
    public JobStatus status() throws InterruptedException {
        return reader.status(wire.status(id));
    }

    /**
     * Cancels the job: at once if it waits, between two steps if it runs; one that has ended stays as it is. {@link #result} fails with the
     * error type {@code CANCELLED} then, but for an animation that is to keep its frames: it completes with the film of those, if there are any.
     *
     * @return where the job stands now
     * @throws DarkroomException if the server does not do so
     */
    public JobStatus cancel() throws InterruptedException {
        JsonNode body = wire.cancel(id);
        // RunPod's answer has the status alone, and no reason
        return reader.status(body);
    }

    /** Calls back on all that happens. */
    public JobHandle onEvent(Consumer<Event> listener) {
        run.told().listen(listener);
        return this;
    }

    /** Calls back when steps are done. */
    public JobHandle onProgress(Consumer<Event.Progress> listener) {
        return on(Event.Progress.class, listener);
    }

    /** Calls back with small pictures of the work in progress; the request must ask for them. */
    public JobHandle onPreview(Consumer<Event.Preview> listener) {
        return on(Event.Preview.class, listener);
    }

    /** Calls back with each picture as soon as it is finished. */
    public JobHandle onPicture(Consumer<Event.PictureReady> listener) {
        return on(Event.PictureReady.class, listener);
    }

    private <E extends Event> JobHandle on(Class<E> kind, Consumer<E> listener) {
        return onEvent(event -> {
            if (kind.isInstance(event)) {
                listener.accept(kind.cast(event));
            }
        });
    }

    @Override
    public String toString() {
        return "JobHandle[" + id + "]";
    }
}
