package dev.darkroom.video;

import dev.darkroom.job.JobException;
import dev.darkroom.job.JobException.Code;
import dev.darkroom.video.ffmpeg.Child;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Tells callers in this program's words why their video is not read.
 *
 * @param field of the payload
 */
record VideoFault(String field, VideoLimits limits) {
    private static final Logger LOG = Logger.getLogger(VideoFault.class);
    private static final String NO_MEMORY = "Cannot allocate memory";

    /** Exit codes of a shell and of the loader of libraries where a program does not start. */
    private static final int NOT_STARTED = 126;

    private static final int LOADER_FAILED = 127;
    private static final long MEGABYTE = 1L << 20;

    JobException badInput(String rule) {
        return JobException.badInput(field + ": " + rule);
    }

    JobException damaged(String reason) {
        return badInput("the video is damaged: " + reason);
    }

    JobException tooSlow() {
        return badInput("reading the video takes more than " + seconds(limits.patience())
                + ", which is the limit: send a shorter or smaller one");
    }

    static String seconds(Duration duration) {
        return duration.toMillis() / 1000.0 + " s";
    }

    /** Says why a process ended that could not do what it was to do. */
    JobException of(Child process) {
        if (process.exitCode() == NOT_STARTED || process.exitCode() == LOADER_FAILED) {
            LOG.errorf("FFmpeg does not start: %s", process.complaint());
            return new JobException(
                    Code.INTERNAL,
                    field + ": the video cannot be read here: FFmpeg does not start, the log has more",
                    null);
        }
        LOG.debugf("%s: FFmpeg: %s", field, process.complaint());
        if (process.isOutOfTime()) {
            return badInput("reading the video takes more than "
                    + limits.process().processor().toSeconds()
                    + " s of the processor's time, which is the limit: send a shorter or smaller one");
        }
        if (process.complaint().contains(NO_MEMORY)) {
            return badInput("reading the video takes more than "
                    + limits.process().memory() / MEGABYTE + " MB of memory, which is the limit: send a smaller one");
        }
        return damaged("it cannot be decoded");
    }
}
