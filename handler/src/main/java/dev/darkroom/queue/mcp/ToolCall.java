package dev.darkroom.queue.mcp;

import dev.darkroom.queue.JobEvent;
import dev.darkroom.queue.JobEvents;
import dev.darkroom.queue.JobOutcome;
import dev.darkroom.queue.http.JobCall;
import io.quarkiverse.mcp.server.Cancellation;
import io.quarkiverse.mcp.server.Progress;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One call of a tool while its job runs: the caller hears of its steps, and may cancel it or go away. */
final class ToolCall {
    /** Time between two looks at whether the call is cancelled, of which the protocol's library tells nobody, and two reports of steps. */
    private static final long MILLISECONDS = 100;

    private final JobCall job;
    private final Progress progress;
    private final Cancellation cancellation;
    private final HttpServerResponse response;
    private final JobEvents.Reader events;

    /** @param response to the request that the call came in; a caller who has gone will not read it */
    ToolCall(JobCall job, Progress progress, Cancellation cancellation, HttpServerResponse response) {
        this.job = job;
        this.progress = progress;
        this.cancellation = cancellation;
        this.response = response;
        this.events = job.events().reader();
    }

    /**
     * Waits for the end of the job, on a thread that may block.
     *
     * @throws Cancellation.OperationCancellationException if the caller has cancelled the call: nothing is to be answered then
     * @throws CancellationException if the caller has gone
     */
    JobOutcome outcome() throws InterruptedException {
        while (true) {
            try {
                return job.outcome().get(MILLISECONDS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                leaveIfCancelled();
                report();
            } catch (ExecutionException e) {
                throw new IllegalStateException("the answer of a job cannot be read", e);
            }
        }
    }

    private void leaveIfCancelled() {
        if (cancellation.check().isRequested()) {
            job.cancel();
            throw new Cancellation.OperationCancellationException();
        }
        if (response.closed()) {
            throw new CancellationException("the caller has gone");
        }
    }

    private void report() {
        if (progress.token().isEmpty()) {
            return;
        }
        for (JobEvent event = events.next(); event != null; event = events.next()) {
            if (event instanceof JobEvent.Progress(int step, int steps)) {
                progress.notificationBuilder()
                        .setProgress(step)
                        .setTotal(steps)
                        .setMessage("step " + step + " of " + steps)
                        .build()
                        .sendAndForget();
            }
        }
    }
}
