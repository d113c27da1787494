package dev.darkroom;

import dev.darkroom.job.Reason;
import dev.darkroom.queue.PayloadFile;
import dev.darkroom.queue.runpod.Heartbeat;
import dev.darkroom.queue.runpod.RunPodEnvironment;
import io.quarkus.runtime.ApplicationLifecycleManager;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Ends the process, and reports a start that failed before there was a worker to report it: a setting cannot be read, say. */
final class FailedStart {
    private static final String PRODUCT = "Darkroom";

    private FailedStart() {}

    /**
     * Exits.
     *
     * @param failure null after a start that went well
     */
    static void end(int status, @Nullable Throwable failure, Command command) {
        try {
            if (failure != null) {
                report(failure, command instanceof Command.OneJob);
            }
        } finally {
            // exits; in dev mode, where the process outlives many starts, Quarkus has another in its place
            ApplicationLifecycleManager.getDefaultExitCodeHandler()
                    .accept(failure == null ? status : Math.max(status, 1), failure);
        }
    }

    private static void report(Throwable start, boolean oneJob) {
        Throwable failure = inOurForm(cause(start));
        Logger.getLogger(FailedStart.class).errorf("FAIL start: %s", Reason.of(failure));
        tell("start", failure, oneJob);
    }

    /** Tells those who wait for this worker why it will not start: the caller of the one job, and the platform. */
    static void tell(String check, Throwable failure, boolean oneJob) {
        if (oneJob) {
            PayloadFile.refuse(FirstLook.answers(), failure);
        }
        try {
            Optional<RunPodEnvironment> platform = RunPodEnvironment.fromProcess();
            if (platform.isPresent()) {
                Heartbeat.reportUnhealthy(platform.get(), PRODUCT, check, Reason.of(failure));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Leaves the number of an error out that the framework begins its message with: it means nothing to whoever sets a variable. */
    private static Throwable inOurForm(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        String plain = message.replaceAll("\\b[A-Z]{3,8}[0-9]{5,6}: ", "");
        return plain.equals(message) ? failure : new IllegalStateException(plain, failure);
    }

    /** Returns the innermost cause with a message: Quarkus says only that it could not start. */
    private static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause().getMessage() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
