package dev.darkroom.queue.durable;

import dev.darkroom.job.Reason;
import dev.darkroom.queue.durable.disk.JobRecord;
import dev.darkroom.queue.durable.disk.LastAnswer;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The state of one job, and all of its transitions:
 *
 * <pre>
 * Waiting ──start──▶ Running
 * Waiting, Running ──beginEnd──▶ Ending ──end──▶ Ended      (resume leads back if no answer could be made)
 * Ended ──giveWay──▶ Retrying                               (takeBack leads back if the retry fails)
 * every state ──forget──▶ Forgotten
 * </pre>
 *
 * <p>Here meet the worker (take, start, end), callers (end by cancelling, persist), housekeeping (end by a timeout, forget), webhooks and
 * retries. Of several that end a job the first one to begin wins; the others find it ended. Under the lock a record is put, which is a
 * matter of memory, so that records reach the store in their order; nobody who asks for the state waits for an answer to be written. What
 * followers hear, they hear from the ticket, outside of the lock.
 */
final class JobLife {
    private static final Logger LOG = Logger.getLogger(JobLife.class);

    private final QueueContext queue;
    private JobState state;
    private Persistence persistence;

    JobLife(JobState state, Persistence persistence, QueueContext queue) {
        this.state = state;
        this.persistence = persistence;
        this.queue = queue;
    }

    synchronized JobState state() {
        return state;
    }

    synchronized Persistence persistence() {
        return persistence;
    }

    /** Counts that a worker takes the job; false if it does not wait any more. */
    synchronized boolean take() {
        if (!(state instanceof JobState.Waiting waiting)) {
            return false;
        }
        state = new JobState.Waiting(waiting.record().taken());
        write();
        return true;
    }

    /** Begins the job; false if it does not wait any more. */
    synchronized boolean start(long now) {
        if (!(state instanceof JobState.Waiting waiting)) {
            return false;
        }
        state = new JobState.Running(waiting.record().begun(now));
        write();
        return true;
    }

    /** Notes that a running job is to end with what it has; false if it does not run, or that is noted already. */
    synchronized boolean withdraw() {
        if (!(state instanceof JobState.Running running) || running.record().withdrawn()) {
            return false;
        }
        state = new JobState.Running(running.record().cancelledEarly());
        write();
        return true;
    }

    /** Notes that the process slept while it was on the job: that time is none of the job's. A clock that was set back adds none. */
    synchronized void slept(Duration time, long now) {
        if (state instanceof JobState.Running running) {
            state = new JobState.Running(running.record().startedLater(time, now));
            write();
        }
    }

    /**
     * Begins to end the job; {@link #end} or {@link #resume} must follow.
     *
     * @return what is on disk of the job; null if it has ended, or another thread is about to end it
     */
    synchronized @Nullable Persistence beginEnd(boolean keepsRequest) {
        if (!(state instanceof JobState.Open open)) {
            return null;
        }
        state = new JobState.Ending(open, keepsRequest);
        return persistence;
    }

    /** Leaves the job as it was before {@link #beginEnd}. */
    synchronized void resume() {
        if (state instanceof JobState.Ending ending) {
            state = ending.from();
        }
    }

    /** Ends the job, after {@link #beginEnd}; false if it was forgotten meanwhile. */
    synchronized boolean end(JobRecord last, LastAnswer answer, Persistence kept) {
        if (!(state instanceof JobState.Ending)) {
            return false;
        }
        state = new JobState.Ended(last, answer);
        persistence = kept;
        write();
        return true;
    }

    /** Changes the record of an ended job. */
    synchronized void amend(UnaryOperator<JobRecord> change) {
        switch (state) {
            case JobState.Ended ended -> {
                state = new JobState.Ended(change.apply(ended.record()), ended.answer());
                write();
            }
            case JobState.Retrying retrying -> {
                JobState.Ended ended = retrying.from();
                state = new JobState.Retrying(new JobState.Ended(change.apply(ended.record()), ended.answer()));
            }
            case JobState.Open open -> {}
            case JobState.Ending ending -> {}
            case JobState.Forgotten forgotten -> {}
        }
    }

    /** Stops persisting an ended job, because a retry is about to take its place. */
    synchronized void giveWay() {
        if (state instanceof JobState.Ended ended) {
            state = new JobState.Retrying(ended);
        }
    }

    /** Persists the job again after {@link #giveWay}, because the retry has failed. */
    synchronized void takeBack() {
        if (state instanceof JobState.Retrying retrying) {
            state = retrying.from();
        }
    }

    /** Stops persisting the job for good; returns the state that callers still see. */
    synchronized JobState forget() {
        if (!(state instanceof JobState.Forgotten)) {
            state = new JobState.Forgotten(state);
        }
        return state;
    }

    /** Notes that a caller has asked for the job by its id. */
    synchronized void noteIdKnown() {
        if (persistence instanceof Persistence.InMemory inMemory) {
            persistence = new Persistence.InMemory(inMemory.request(), true);
        }
    }

    /**
     * Makes the job outlive the process, once its request is in the store. If it has ended meanwhile, its end has decided what is kept.
     *
     * @return false if there is nothing to write
     */
    synchronized boolean persist() {
        boolean keepsRequest = switch (state) {
            case JobState.Open open -> {
                queue.store().put(open.record());
                persistence = new Persistence.Complete();
                yield true;
            }
            case JobState.Ending ending -> ending.keepsRequest();
            case JobState.Ended ended -> persistence instanceof Persistence.Complete;
            case JobState.Retrying retrying -> true;
            case JobState.Forgotten forgotten -> false;
        };
        if (!keepsRequest) {
            queue.store().dropRequest(state.record().id());
        }
        return state instanceof JobState.Open;
    }

    /** Puts the record, and has it committed soon. */
    private void write() {
        if (!persistence.outlivesProcess()) {
            return;
        }
        try {
            queue.store().put(state.record());
            queue.store().commitSoon(queue.background());
        } catch (UncheckedIOException e) {
            LOG.errorf(
                    "job %s: its state would not outlive this process: %s",
                    state.record().id(), Reason.of(e));
        }
    }
}
