package dev.darkroom.queue.durable;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.queue.CallerTrace;
import dev.darkroom.queue.JobEnd;
import dev.darkroom.queue.JobEvent;
import dev.darkroom.queue.JobEvents;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.durable.disk.JobRecord;
import dev.darkroom.queue.durable.disk.LastAnswer;
import dev.darkroom.queue.durable.disk.Status;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A job of the {@link DurableQueue}, as the queue and callers see it; the worker that does it has a {@link DurableTicket}. Its state only
 * moves forwards: what has ended stays as it is, and a retry is a job of its own under the same id.
 */
public final class DurableJob {
    private final QueueContext queue;
    private final JobRecord beginning;
    private final JobLife life;
    private final JobEvents events;
    private final ReadJob readJob;
    private final StatusBody bodies;
    private final JobEnding ending;
    private final @Nullable String trace = CallerTrace.current().orElse(null);
    private volatile @Nullable String refusal;
    private volatile boolean endsEarly;

    private DurableJob(JobState state, Persistence persistence, @Nullable Job read, QueueContext queue) {
        this.queue = queue;
        this.beginning = state.record();
        this.life = new JobLife(state, persistence, queue);
        this.events = new JobEvents(queue.memory().pictures());
        this.readJob = new ReadJob(read, beginning.bytes(), queue.memory().inputs());
        this.bodies = new StatusBody(life, events, queue);
        this.ending = new JobEnding(beginning, life, events, bodies, queue);
    }

    /**
     * Makes a job that has come just now; it ends with the process unless {@link #outlive} is called.
     *
     * @param read the job, read and checked; null if it has to be read when a worker takes it
     */
    static DurableJob accepted(JobRecord record, byte[] request, @Nullable Job read, QueueContext queue) {
        var job = new DurableJob(new JobState.Waiting(record), new Persistence.InMemory(request, false), read, queue);
        job.events.follow(event -> queue.listener().accept(job, event));
        return job;
    }

    /** Makes a job that is in the store. */
    static DurableJob stored(JobRecord record, QueueContext queue) {
        boolean over = record.status().isFinal();
        boolean complete = !over || queue.store().hasRequest(record.id());
        var job = new DurableJob(
                over
                        ? new JobState.Ended(record, LastAnswer.kept(queue.store(), record))
                        : new JobState.Waiting(record),
                complete ? new Persistence.Complete() : new Persistence.WithoutRequest(),
                null,
                queue);
        if (over) {
            job.events.publish(new JobEvent.Restored());
        }
        job.events.follow(event -> queue.listener().accept(job, event));
        return job;
    }

    /** Returns the id that callers know the job by. */
    public String id() {
        return beginning.id();
    }

    /** Returns what says how the job has ended. */
    JobEnd end(JobException.@Nullable Code reason) {
        return new JobEnd(id(), Instant.ofEpochMilli(record().accepted()), reason, trace);
    }

    /** Returns the record that this object was created from. */
    JobRecord beginning() {
        return beginning;
    }

    /** Returns the state machine of the job. */
    JobLife life() {
        return life;
    }

    /** Returns the current record. */
    JobRecord record() {
        return life.state().record();
    }

    /** Returns the current status. */
    public Status status() {
        return record().status();
    }

    /** Returns what is wrong with the job's request, if the job was refused for it when it came. */
    public Optional<String> refusal() {
        return Optional.ofNullable(refusal);
    }

    /** Ends the job because its request is faulty. */
    void refuse(JobException fault) {
        refusal = String.valueOf(fault.getMessage());
        end(Conclusion.refused(id(), fault));
    }

    /** Returns the events of the job, for those who follow it. */
    public JobEvents events() {
        return events;
    }

    /** Returns a future that completes when the job has ended, or the worker stops before the job has begun. */
    public CompletableFuture<@Nullable Void> settled() {
        return events.when(events::isOver);
    }

    /** Returns a future that completes when {@link #stream} has something new, or the job has ended. */
    public CompletableFuture<@Nullable Void> news() {
        return events.when(() -> bodies.hasNews() || events.isOver());
    }

    /** Builds the body for {@code /stream}: the status, and the pictures and progress that no earlier call has read. */
    public ObjectNode stream() {
        return bodies.stream();
    }

    /**
     * Writes the job to the store: from now on it outlives the process. Does nothing if it does so already, or has ended.
     *
     * @throws UncheckedIOException if it cannot be written
     */
    public void outlive() {
        if (life.persistence() instanceof Persistence.InMemory inMemory) {
            queue.store().keepRequest(id(), inMemory.request());
            if (life.persist()) {
                queue.store().sync();
            }
        }
    }

    /** Returns true if the job is known after the next start. */
    boolean outlivesProcess() {
        return life.persistence().outlivesProcess();
    }

    /** Returns the job as it was read when it was accepted; if that is not kept, reads the request again, from memory or the store. */
    Job read() {
        Job read = readJob.take();
        if (read != null) {
            return read;
        }
        byte[] request = life.persistence() instanceof Persistence.InMemory inMemory
                ? inMemory.request()
                : queue.store().request(id());
        return queue.reader().job(JobJson.request(request));
    }

    /** Returns true if the request is in the store, also beyond the end of the job. */
    boolean keepsRequest() {
        return life.persistence() instanceof Persistence.Complete;
    }

    /** Ends the job without a result. */
    void fail(JobException reason) {
        end(Conclusion.failed(id(), reason));
    }

    /** Has a cancelled job end with what it has so far, if it runs when it is cancelled. */
    void endEarly() {
        endsEarly = true;
    }

    /**
     * Withdraws the job: at once if it waits, between two steps if it runs, not at all if it has ended. One that is to end with what it has
     * so far ends when that is stored, or at once if it is withdrawn again.
     */
    void cancel() {
        if (!endsEarly || !life.withdraw()) {
            drop();
        }
    }

    /** Withdraws the job, and whatever it has so far. */
    void drop() {
        end(Conclusion.cancelled(id()));
    }

    /** Releases callers that wait for the job, because the worker stops before the job has begun. */
    void stop() {
        events.publish(new JobEvent.Stopped());
    }

    /** Ends the job, unless it has ended. */
    void end(Conclusion conclusion) {
        if (ending.end(conclusion)) {
            var unused = readJob.take();
        }
    }

    /** Builds the body for {@code /status}: the last answer, or the progress. */
    public byte[] body() {
        return bodies.now();
    }

    /** Builds the body for the webhook: what {@code /status} says, but for the news of the webhook itself. */
    byte[] answer() {
        return bodies.answer();
    }

    /** Builds the body for {@code /run}: IN_QUEUE, even if a worker has begun with the job already, or the refusal. */
    public byte[] receipt() {
        return bodies.receipt();
    }

    /** Returns the size of the last answer in bytes; 0 while there is none. */
    public int answerBytes() {
        return record().answerBytes();
    }

    /** Drops what is kept in memory for callers and the answer, because a retry has taken the place of the job. */
    void replaced() {
        LastAnswer answer = life.forget().answer();
        events.close();
        if (answer != null) {
            answer.drop();
        }
    }

    /** Removes everything that is kept of the job. */
    void forget() {
        boolean written = outlivesProcess();
        JobRecord last = record();
        var unused = readJob.take();
        replaced();
        if (written) {
            queue.store().remove(last);
        } else {
            queue.store().dropRequest(last.id());
            queue.store().dropAnswer(last.id(), last.retries());
        }
    }
}
