package dev.darkroom.queue.durable;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobException.Code;
import dev.darkroom.job.JobResult;
import dev.darkroom.queue.Answer;
import dev.darkroom.queue.JobEvent;
import dev.darkroom.queue.durable.disk.JobRecord;
import dev.darkroom.queue.durable.disk.Status;
import java.util.function.Supplier;

/**
 * One of the ways in which a job can end.
 *
 * @param body makes the answer; it may be large, and is made once the end is certain
 * @param keepsRequest true if a retry may end better
 * @param unstored true if pictures were made that could not be stored
 * @param tellsWebhook false if no webhook is called
 */
record Conclusion(
        Status status,
        JobEvent.Last event,
        Supplier<ObjectNode> body,
        boolean keepsRequest,
        boolean unstored,
        boolean tellsWebhook) {
    /** Describes the end of a job with a result. */
    static Conclusion completed(String id, JobResult result) {
        boolean unstored =
                result.failures().stream().anyMatch(failure -> failure.reason().code() == Code.STORE_FAILED);
        return new Conclusion(
                Status.COMPLETED,
                new JobEvent.Completed(),
                () -> Answer.completed(id, result),
                unstored,
                unstored,
                true);
    }

    /** Describes the end of a job without a result; the code of the reason decides on the status. */
    static Conclusion failed(String id, JobException reason) {
        Status status = switch (reason.code().ending()) {
            case FAILED -> Status.FAILED;
            case CANCELLED -> Status.CANCELLED;
            case TIMED_OUT -> Status.TIMED_OUT;
        };
        ObjectNode body = Answer.failed(id, reason);
        return new Conclusion(
                status, new JobEvent.Failed(reason.code()), () -> body, reason.isRetryable(), false, true);
    }

    /** Describes the end of a job with a faulty request: its caller reads so at once, and no webhook is called. */
    static Conclusion refused(String id, JobException reason) {
        Conclusion failed = failed(id, reason);
        return new Conclusion(failed.status, failed.event, failed.body, failed.keepsRequest, false, false);
    }

    /** Describes the end of a job that its caller withdraws. */
    static Conclusion cancelled(String id) {
        ObjectNode body = Answer.status(id, Status.CANCELLED.name());
        return new Conclusion(Status.CANCELLED, new JobEvent.Failed(Code.CANCELLED), () -> body, false, false, true);
    }

    /** Describes the end of a job that its caller withdraws, with what it had by then. */
    static Conclusion cancelled(String id, JobResult result) {
        return new Conclusion(
                Status.CANCELLED,
                new JobEvent.Failed(Code.CANCELLED),
                () -> Answer.cancelled(id, result),
                false,
                false,
                true);
    }

    /** Describes the end of a job that has not ended within its time to live. */
    static Conclusion expired(JobRecord job) {
        ObjectNode body = Answer.status(job.id(), Status.CANCELLED.name())
                .put(
                        "error",
                        "the job did not end within its ttl of " + job.policy().ttl() + " ms");
        return new Conclusion(Status.CANCELLED, new JobEvent.Failed(Code.TIMED_OUT), () -> body, false, false, false);
    }

    /** Makes the exception of a job that has run for longer than it may. */
    static JobException overtime(JobRecord job) {
        return new JobException(
                Code.TIMED_OUT,
                "the job took longer than its executionTimeout of "
                        + job.policy().executionTimeout() + " ms",
                null);
    }

    /** Describes the failure in place of this end, if its answer cannot be made or kept. */
    Conclusion unanswerable(String id) {
        var reason = new JobException(
                Code.INTERNAL, "the pictures were made, but the worker could not keep the answer", null);
        Conclusion failed = failed(id, reason);
        return new Conclusion(failed.status, failed.event, failed.body, failed.keepsRequest, false, tellsWebhook);
    }
}
