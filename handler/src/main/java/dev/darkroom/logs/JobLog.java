package dev.darkroom.logs;

import dev.darkroom.job.JobException;
import dev.darkroom.job.JobListener;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Timings;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Logs the life of a job: a line for each phase, each beginning with the job's id, none with the pictures that a caller sent. */
public final class JobLog implements JobListener {
    private static final Logger LOG = Logger.getLogger("dev.darkroom.job");

    private final String id;

    /** Creates the log of the job with this id. */
    public JobLog(String id) {
        this.id = id;
    }

    /** Logs that a worker has taken the job. */
    public void taken() {
        info("taken");
    }

    @Override
    public void fetched(Timings timings) {
        info("fetched: " + timings + " ms");
    }

    @Override
    public void drawn(Sample sample, Timings timings) {
        info("picture " + sample.index() + " drawn: " + timings + " ms");
    }

    @Override
    public void stored(JobResult.Image image) {
        info("picture " + image.sample().index() + " stored: " + image.bytes() + " bytes");
    }

    @Override
    public void completed(JobResult result) {
        info("completed: pictures " + result.images().size() + ", " + result.timings() + " ms");
        result.failures()
                .forEach(failure -> log(
                        Logger.Level.WARN,
                        "picture " + failure.sample().index() + " "
                                + failure.reason().code() + ": "
                                + failure.reason().getMessage(),
                        null));
    }

    /** Logs the reason, with a stack trace where the worker is at fault. */
    @Override
    public void failed(JobException reason) {
        boolean ours = reason.code().owner() == JobException.Owner.WORKER;
        log(Logger.Level.WARN, reason.code() + ": " + reason.getMessage(), ours ? reason.getCause() : null);
    }

    /** Logs a line when the drawing begins, and on the level DEBUG a line for each step. */
    @Override
    public void report(int step, int steps) {
        if (step == 0) {
            info("drawing: " + steps + " steps");
        } else {
            log(Logger.Level.DEBUG, "step " + step + " of " + steps, null);
        }
    }

    private void info(String event) {
        log(Logger.Level.INFO, event, null);
    }

    private void log(Logger.Level level, String event, @Nullable Throwable error) {
        LOG.log(level, "job " + id + " " + event, error);
    }
}
