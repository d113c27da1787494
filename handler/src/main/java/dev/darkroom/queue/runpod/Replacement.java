package dev.darkroom.queue.runpod;

import dev.darkroom.job.JobException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/** Decides when this worker takes no more jobs and asks the platform to replace it: after so many jobs, or after certain failures. */
final class Replacement {
    private static final Logger LOG = Logger.getLogger(Replacement.class);

    private final RunPodSettings settings;
    private final HeldJobs held;
    private final Runnable stop;
    private final AtomicInteger taken = new AtomicInteger();
    private volatile boolean due;

    /** @param stop called when the worker is to take no more jobs */
    Replacement(RunPodSettings settings, HeldJobs held, Runnable stop) {
        this.settings = settings;
        this.held = held;
        this.stop = stop;
    }

    /** Counts a job that was taken. */
    void noticeTaken() {
        int jobs = taken.incrementAndGet();
        if (settings.refreshAfter().filter(most -> jobs >= most).isPresent()) {
            replace(jobs + " jobs");
        }
    }

    /** Considers the reason of a job that failed. */
    void noticeFailure(JobException reason) {
        if (settings.refreshOn().contains(reason.code())) {
            replace(reason.code().name());
        }
    }

    private void replace(String why) {
        LOG.infof("after %s this worker takes no more jobs and asks to be replaced", why);
        due = true;
        stop.run();
    }

    /** Returns true if the result of this job is the last one of a worker that is to be replaced. May wait for other jobs. */
    boolean isFarewell(RunPodTicket ticket) throws InterruptedException {
        return due && held.awaitLast(ticket);
    }
}
