package dev.darkroom;

import dev.darkroom.checks.WorkerState;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobException.Code;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Progress;
import dev.darkroom.queue.JobSource;
import dev.darkroom.queue.Ticket;
import dev.darkroom.tensor.TensorException;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Takes jobs, has them handled, and reports how they ended: the only place where a job's errors are caught. */
public final class Worker {
    private static final Logger LOG = Logger.getLogger(Worker.class);

    private final Handler handler;
    private final WorkerState state;

    public Worker(Handler handler, WorkerState state) {
        this.handler = handler;
        this.state = state;
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
        LOG.infof("job %s taken", ticket.id());
        try {
            JobResult result = handler.handle(ticket, logged(ticket));
            LOG.infof("job %s completed: %s ms", ticket.id(), result.timings());
            ticket.completed(result);
        } catch (RuntimeException | Error e) {
            JobException reason = reason(e);
            LOG.warnf(
                    reason.code() == Code.INTERNAL || reason.code() == Code.DEVICE_LOST ? e : null,
                    "job %s %s: %s",
                    ticket.id(),
                    reason.code(),
                    reason.getMessage());
            ticket.failed(reason);
            if (reason.code() == Code.DEVICE_LOST) {
                state.defunct();
            }
        }
    }

    /** The ticket's progress, with a line in the log for each step. */
    private static Progress logged(Ticket ticket) {
        return new Progress() {
            @Override
            public void report(int step, int steps) {
                LOG.infof("job %s step %d of %d", ticket.id(), step, steps);
                ticket.report(step, steps);
            }

            @Override
            public void checkCancelled() {
                ticket.checkCancelled();
            }
        };
    }

    private static JobException reason(Throwable error) {
        if (error instanceof JobException reason) {
            return reason;
        }
        if (error instanceof OutOfMemoryError || (error instanceof TensorException e && e.isOutOfMemory())) {
            return new JobException(Code.OUT_OF_MEMORY, "memory ran out: ask for a smaller picture", error);
        }
        if (error instanceof TensorException e && e.isDeviceLost()) {
            return new JobException(Code.DEVICE_LOST, "the GPU stopped working: try again elsewhere", error);
        }
        return new JobException(Code.INTERNAL, "the worker failed; its log has more", error);
    }
}
