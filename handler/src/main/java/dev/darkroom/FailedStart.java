package dev.darkroom;

import dev.darkroom.queue.PayloadFile;
import dev.darkroom.queue.runpod.Heartbeat;
import dev.darkroom.queue.runpod.RunPodEnvironment;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Ends the process, and reports a start that failed before the worker was there to do so, as when a setting cannot be read. */
final class FailedStart {
    private static final String PRODUCT = "Darkroom";

    private FailedStart() {}

    /** @param failure reason of a failed start; null after one that went well */
    static void end(int status, @Nullable Throwable failure, String... arguments) {
        try {
            if (failure != null) {
                tell(failure, arguments);
            }
        } finally {
            System.exit(failure == null ? status : Math.max(status, 1));
        }
    }

    private static void tell(Throwable start, String... arguments) {
        Throwable failure = cause(start);
        Logger.getLogger(FailedStart.class).errorf("FAIL start: %s", failure.getMessage());
        if (arguments.length > 0 && arguments[0].equals("--payload")) {
            PayloadFile.refuse(System.out, failure);
        }
        try {
            Optional<RunPodEnvironment> platform = RunPodEnvironment.fromProcess();
            if (platform.isPresent()) {
                Heartbeat.reportUnhealthy(platform.get(), PRODUCT, "start", String.valueOf(failure.getMessage()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Finds the cause; Quarkus itself says only that it could not start. */
    private static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && cause.getCause().getMessage() != null) {
            cause = cause.getCause();
        }
        return cause;
    }
}
