package dev.darkroom.queue.durable;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.net.URI;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a job, and written down of one that is to outlive the process. Times are milliseconds since 1970; 0 is not yet.
 *
 * @param sequence its place among all jobs that were accepted
 * @param bytes size of its request
 * @param webhook who is told of its end
 * @param retries how often it was begun again, by a caller or after the process died
 * @param takes how often a thread has taken it since it was last accepted
 * @param attempts how often the GPU has begun with it since it was last accepted
 * @param keptUntil when it is forgotten, once it has ended
 * @param answerBytes size of the last answer
 * @param webhookDue true while the webhook has not been told
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record JobRecord(
        String id,
        long sequence,
        long accepted,
        int bytes,
        Policy policy,
        @Nullable URI webhook,
        Status status,
        int retries,
        int takes,
        int attempts,
        long started,
        long ended,
        long keptUntil,
        int answerBytes,
        boolean webhookDue) {
    /** @throws NullPointerException if something is missing that every job has */
    JobRecord {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(status, "status");
    }

    /** A job that was accepted now. */
    static JobRecord accepted(String id, long sequence, long now, int bytes, Policy policy, @Nullable URI webhook) {
        return new JobRecord(id, sequence, now, bytes, policy, webhook, Status.IN_QUEUE, 0, 0, 0, 0, 0, 0, 0, false);
    }

    /** The same job, to be done again from the beginning because its caller asks for it. */
    JobRecord retried(long nextSequence, long now) {
        return new JobRecord(
                id, nextSequence, now, bytes, policy, webhook, Status.IN_QUEUE, retries + 1, 0, 0, 0, 0, 0, 0, false);
    }

    /** The same job after the process died: it waits again, and the attempts are counted. */
    JobRecord waitingAgain() {
        int begun = status == Status.IN_PROGRESS ? 1 : 0;
        return new JobRecord(
                id,
                sequence,
                accepted,
                bytes,
                policy,
                webhook,
                Status.IN_QUEUE,
                retries + begun,
                takes,
                attempts,
                0,
                0,
                0,
                0,
                false);
    }
}
