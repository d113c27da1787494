package dev.darkroom.queue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A job of the {@link HttpQueue}. Its status only moves forwards; a cancelled one stays cancelled. */
public final class HttpTicket implements Ticket {
    private static final int LARGEST_ANSWER = 20_000_000;

    private final String id;
    private final int bytes;
    private final Clock clock;
    private final Instant accepted;
    private final CompletableFuture<ObjectNode> ended = new CompletableFuture<>();

    private @Nullable Job job;
    private @Nullable Instant started;
    private @Nullable Instant finished;
    private ObjectNode answer;

    HttpTicket(String id, @Nullable Job job, int bytes, Clock clock) {
        this.id = id;
        this.bytes = bytes;
        this.job = job;
        this.clock = clock;
        this.accepted = clock.instant();
        this.answer = Answer.status(id, "IN_QUEUE");
    }

    /** A job whose payload is faulty: it has failed and is never taken. */
    static HttpTicket refused(String id, JobException reason, Clock clock) {
        var ticket = new HttpTicket(id, null, 0, clock);
        ticket.failed(reason);
        return ticket;
    }

    @Override
    public String id() {
        return id;
    }

    /** Gives the job to the one who takes it; its pictures are not kept here beyond that. */
    @Override
    public synchronized Job job() {
        if (job == null) {
            throw new JobException(JobException.Code.CANCELLED, "the job was cancelled", null);
        }
        Job taken = job;
        job = null;
        return taken;
    }

    /** How large the payload is while it waits. */
    int bytes() {
        return bytes;
    }

    /** What {@code /status} says now. */
    public synchronized ObjectNode answer() {
        ObjectNode now = answer.deepCopy();
        if (started != null) {
            now.put("delayTime", Duration.between(accepted, started).toMillis());
            now.put(
                    "executionTime",
                    Duration.between(started, finished == null ? clock.instant() : finished)
                            .toMillis());
        }
        return now;
    }

    /** Completes with the last answer. */
    public CompletableFuture<ObjectNode> ended() {
        return ended.copy();
    }

    /** Withdraws the job: at once if it waits, between two steps if it runs, not at all if it has ended. */
    public void cancel() {
        end(Answer.status(id, "CANCELLED"));
    }

    @Override
    public synchronized void report(int step, int steps) {
        checkCancelled();
        ObjectNode now = Answer.status(id, "IN_PROGRESS");
        now.set("output", Answer.progress(step, steps));
        answer = now;
    }

    @Override
    public synchronized void checkCancelled() {
        if (finished != null) {
            throw new JobException(JobException.Code.CANCELLED, "the job was cancelled", null);
        }
    }

    @Override
    public int largestAnswer() {
        return LARGEST_ANSWER;
    }

    @Override
    public void stored(JobResult.Image image) {
        // the answer tells of all pictures at once
    }

    @Override
    public void completed(JobResult result) {
        end(Answer.completed(id, result));
    }

    @Override
    public void failed(JobException reason) {
        end(Answer.failed(id, reason));
    }

    /** False if the job was cancelled while it waited. */
    synchronized boolean start() {
        if (finished != null) {
            return false;
        }
        started = clock.instant();
        answer = Answer.status(id, "IN_PROGRESS");
        return true;
    }

    synchronized boolean isEnded() {
        return finished != null;
    }

    synchronized boolean endedBefore(Instant time) {
        return finished != null && finished.isBefore(time);
    }

    private void end(ObjectNode last) {
        synchronized (this) {
            if (finished != null) {
                return;
            }
            finished = clock.instant();
            answer = last;
            job = null;
        }
        ended.complete(answer());
    }
}
