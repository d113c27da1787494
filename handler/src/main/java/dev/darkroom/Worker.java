package dev.darkroom;

import dev.darkroom.checks.WorkerState;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobListener;
import dev.darkroom.job.JobResult;
import dev.darkroom.logs.JobJournal;
import dev.darkroom.logs.JobLog;
import dev.darkroom.logs.Metrics;
import dev.darkroom.queue.JobEnd;
import dev.darkroom.queue.JobEndListener;
import dev.darkroom.queue.JobSource;
import dev.darkroom.queue.Ticket;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Takes jobs from one source, has them handled, and reports how they ended: here a job's errors are caught. Several threads work: while
 * the GPU does one job, the next one's images are fetched, and pictures that were drawn before are still being stored.
 */
public final class Worker {
    private static final Logger LOG = Logger.getLogger(Worker.class);

    /** Jobs that are not drawn yet: the one on the GPU and the next. Their images are in memory. */
    private static final int PLACES = 2;

    private final Handler handler;
    private final WorkerState state;
    private final Metrics metrics;
    private final JobJournal journal;
    private final JobEndListener outcomes;
    private final Semaphore places = new Semaphore(PLACES);

    /**
     * @param journal follows every job
     * @param outcomes hears of every job that this worker ends
     */
    public Worker(Handler handler, WorkerState state, Metrics metrics, JobJournal journal, JobEndListener outcomes) {
        this.handler = handler;
        this.state = state;
        this.metrics = metrics;
        this.journal = journal;
        this.outcomes = outcomes;
    }

    /** Works until the source has no more jobs, the device is lost, or the thread is interrupted. */
    public void work(JobSource source) throws InterruptedException {
        while (true) {
            try (var place = new WorkerPlace()) {
                // a job that was lost with the device frees its place: nobody may take the next one then
                Optional<Ticket> ticket = isDefunct() ? Optional.empty() : source.take();
                if (ticket.isEmpty()) {
                    return;
                }
                state.jobStarted();
                try (var trail = journal.follow(ticket.get())) {
                    work(new FollowedTicket(ticket.get(), trail), place);
                } finally {
                    state.jobEnded();
                }
            }
        }
    }

    private boolean isDefunct() {
        return state.phase() == WorkerState.Phase.DEFUNCT;
    }

    private void work(Ticket taken, WorkerPlace place) throws InterruptedException {
        var log = new JobLog(taken.id());
        log.taken();
        var ticket = new FollowedTicket(new FollowedTicket(taken, place), log);
        JobResult result;
        try {
            result = handler.handle(ticket);
        } catch (RuntimeException | Error e) {
            JobException reason = Failures.toJobException(e);
            outcomes.ended(end(taken, reason.code()));
            if (reason.code().endsTheWorker()) {
                state.defunct();
            }
            ticket.failed(reason);
            return;
        }
        try {
            ticket.completed(result);
        } catch (RuntimeException | Error e) {
            // the log has heard of an end already: only the caller is told of another
            LOG.errorf(e, "job %s: its result cannot be handed in", taken.id());
            taken.failed(Failures.toJobException(e));
        }
        count(taken, result);
    }

    private void count(Ticket taken, JobResult result) {
        try {
            metrics.phases(result.timings());
            outcomes.ended(end(taken, null));
        } catch (RuntimeException e) {
            LOG.errorf(e, "a job that has ended is not counted");
        }
    }

    private static JobEnd end(Ticket taken, JobException.@Nullable Code reason) {
        return new JobEnd(taken.id(), taken.accepted(), reason, null);
    }

    /** One of the places for jobs that are not drawn yet; free again once the job is drawn, or has ended. */
    private final class WorkerPlace implements JobListener, AutoCloseable {
        private boolean taken;

        WorkerPlace() throws InterruptedException {
            places.acquire();
            taken = true;
        }

        @Override
        public void rendered() {
            close();
        }

        @Override
        public synchronized void close() {
            if (taken) {
                taken = false;
                places.release();
            }
        }
    }
}
