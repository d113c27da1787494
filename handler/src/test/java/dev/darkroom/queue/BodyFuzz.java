package dev.darkroom.queue;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Limits;
import java.util.Optional;

/** Any bytes as the body of {@code /run}: a job, or refused as the caller's fault, in words of our own. */
public final class BodyFuzz {
    private static final PayloadReader READER = new PayloadReader(Limits.STANDARD, Styles.read(Optional.empty()), true);

    private BodyFuzz() {}

    public static void fuzzerTestOneInput(byte[] body) {
        try {
            READER.job(JobJson.request(body));
        } catch (JobException e) {
            String message = String.valueOf(e.getMessage());
            if (e.code() != JobException.Code.BAD_INPUT) {
                throw e;
            }
            if (message.contains("com.fasterxml") || message.contains("java.")) {
                throw new AssertionError("foreign words: " + message, e);
            }
        }
    }
}
