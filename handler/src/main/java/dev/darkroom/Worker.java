package dev.darkroom;

import dev.darkroom.checks.WorkerState;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobException.Code;
import dev.darkroom.job.JobResult;
import dev.darkroom.logs.JobLog;
import dev.darkroom.logs.Metrics;
import dev.darkroom.queue.JobSource;
import dev.darkroom.queue.Ticket;
import java.util.Optional;

/** Takes jobs, has them handled, and reports how they ended: the place where a job's errors are caught. */
public final class Worker {
    private final Handler handler;
    private final WorkerState state;
    private final Metrics metrics;

    public Worker(Handler handler, WorkerState state, Metrics metrics) {
        this.handler = handler;
        this.state = state;
        this.metrics = metrics;
    }

    /** Works until the source has no more jobs, the device is lost, or the thread is interrupted. */
    public void work(JobSource source) throws InterruptedException {
        while (state.phase() != WorkerState.Phase.DEFUNCT) {
            Optional<Ticket> ticket = source.take();
            if (ticket.isEmpty()) {
                return;
            }
            state.jobStarted();
            try {
                work(ticket.get());
            } finally {
                state.jobEnded();
            }
        }
    }

    private void work(Ticket ticket) throws InterruptedException {
        var log = new JobLog(ticket.id());
        log.taken();
        try {
            JobResult result = handler.handle(ticket, log.following(ticket));
            log.completed(result);
            metrics.completed(result.timings());
            ticket.completed(result);
        } catch (RuntimeException | Error e) {
            JobException reason = Reason.of(e);
            log.failed(reason);
            metrics.failed(reason);
            ticket.failed(reason);
            if (reason.code() == Code.DEVICE_LOST) {
                state.defunct();
            }
        }
    }
}
