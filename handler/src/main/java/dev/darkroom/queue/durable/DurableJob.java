package dev.darkroom.queue.durable;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.queue.JobEvent;
import dev.darkroom.queue.JobEvents;
import dev.darkroom.queue.Json;
import java.io.UncheckedIOException;
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

    /** The id that callers know the job by. */
    public String id() {
        return beginning.id();
    }

    /** The record this object was created from. */
    JobRecord beginning() {
        return beginning;
    }

    /** The transitions of the job. */
    JobLife life() {
        return life;
    }

    /** The current record. */
    JobRecord record() {
        return life.state().record();
    }

    /** How far the job is. */
    public Status status() {
        return record().status();
    }

    /** The events of the job, for those who follow it. */
    public JobEvents events() {
        return events;
    }

    /** Completes when the job has ended, or the worker stops before it has begun. */
    public CompletableFuture<@Nullable Void> settled() {
        return events.when(events::isOver);
    }

    /** Completes when {@link #stream} has something new to say, or the job has ended. */
    public CompletableFuture<@Nullable Void> news() {
        return events.when(() -> bodies.hasNews() || events.isOver());
    }

    /** The body for {@code /stream}: the status, and of pictures and progress what no call before has read. */
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

    /** True if the job is known after the next start. */
    boolean outlivesProcess() {
        return life.persistence().outlivesProcess();
    }

    /** The job as it was read at the door, once; otherwise its request is read, from memory or from the store. */
    Job read() {
        Job read = readJob.take();
        if (read != null) {
            return read;
        }
        byte[] request = life.persistence() instanceof Persistence.InMemory inMemory
                ? inMemory.request()
                : queue.store().request(id());
        return queue.reader().job(Json.request(request));
    }

    /** True if the request is in the store, also beyond the end of the job. */
    boolean keepsRequest() {
        return life.persistence() instanceof Persistence.Complete;
    }

    /** Ends the job because its request is faulty. */
    void refuse(JobException reason) {
        end(Conclusion.refused(id(), reason));
    }

    /** Ends the job without a result. */
    void fail(JobException reason) {
        end(Conclusion.failed(id(), reason));
    }

    /** Withdraws the job: at once if it waits, between two steps if it runs, not at all if it has ended. */
    void cancel() {
        end(Conclusion.cancelled(id()));
    }

    /** Withdraws the job because its time to live is over. */
    void expire() {
        end(Conclusion.expired(beginning));
    }

    /** Ends the job because it has worked for longer than it may. */
    void timeOut() {
        fail(Conclusion.overtime(beginning));
    }

    /** Lets callers go who wait for the job, because the worker stops before it has begun. */
    void stop() {
        events.publish(new JobEvent.Stopped());
    }

    /** Ends the job, unless it has ended. */
    void end(Conclusion conclusion) {
        if (ending.end(conclusion)) {
            var unused = readJob.take();
        }
    }

    /** The body for {@code /status}: the last answer, or how far the job is. */
    public byte[] body() {
        return bodies.now();
    }

    /** The body for {@code /run}: that the job waits, even if a worker has begun with it already, or how it was refused. */
    public byte[] receipt() {
        return bodies.receipt();
    }

    /** Size of the last answer in bytes; 0 while there is none. */
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
