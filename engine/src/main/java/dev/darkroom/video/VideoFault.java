package dev.darkroom.video;

import dev.darkroom.job.JobException;
import dev.darkroom.video.ffmpeg.Child;
import org.jboss.logging.Logger;

/**
 * Tells callers in this program's words why their video is not read.
 *
 * @param field of the payload
 */
record VideoFault(String field, VideoLimits limits) {
    private static final Logger LOG = Logger.getLogger(VideoFault.class);
    private static final String NO_MEMORY = "Cannot allocate memory";
    private static final long MEGABYTE = 1L << 20;

    JobException badInput(String rule) {
        return JobException.badInput(field + ": " + rule);
    }

    JobException damaged(String reason) {
        return badInput("the video is damaged: " + reason);
    }

    JobException tooSlow() {
        return badInput("reading the video takes more than " + limits.patience().toSeconds()
                + " s, which is the limit: send a shorter or smaller one");
    }

    /** Says why a process ended that could not do what it was to do. */
    JobException of(Child process) {
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
