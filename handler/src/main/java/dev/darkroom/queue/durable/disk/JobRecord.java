package dev.darkroom.queue.durable.disk;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is known of a job but its request and its answer: a value that is written down whenever it changes. Times are
 * milliseconds since 1970, 0 if not yet.
 *
 * @param sequence place among all jobs that were accepted
 * @param bytes size of the request
 * @param webhook address that is called when the job has ended
 * @param retries how often the job was begun again, by a caller or after the process died
 * @param takes how often a thread has taken the job since it was last accepted
 * @param attempts how often the job has begun since it was last accepted
 * @param keptUntil when the job is forgotten, once it has ended
 * @param answerBytes size of the last answer
 * @param webhookDue true while the webhook is still to be called
 * @param webhookNews what has become of the webhook so far; null before the first try, and in records of earlier versions
 * @param unstored true if the answer lacks pictures that were made and could not be stored; absent in records of earlier versions
 * @param withdrawn true if its caller has cancelled the job while it ran, which ends with what it has so far; absent in records of earlier
 *     versions
 * @param submission what is kept of a submission that may come again; absent without a key, and in records of earlier versions
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record JobRecord(
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
        boolean webhookDue,
        boolean unstored,
        boolean withdrawn,
        @Nullable WebhookNews webhookNews,
        @Nullable Submission submission) {
    /** @throws NullPointerException if something is missing that every job has */
    public JobRecord {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(policy, "policy");
        Objects.requireNonNull(status, "status");
    }

    /** Makes the record of a job that is accepted now. */
    public static JobRecord accepted(
            String id, long sequence, long now, int bytes, Policy policy, @Nullable URI webhook) {
        return new JobRecord(
                id,
                sequence,
                now,
                bytes,
                policy,
                webhook,
                Status.IN_QUEUE,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                false,
                false,
                false,
                null,
                null);
    }

    /** Returns the record with what is kept of its submission. */
    public JobRecord submittedAs(@Nullable Submission known) {
        return new JobRecord(
                id,
                sequence,
                accepted,
                bytes,
                policy,
                webhook,
                status,
                retries,
                takes,
                attempts,
                started,
                ended,
                keptUntil,
                answerBytes,
                webhookDue,
                unstored,
                withdrawn,
                webhookNews,
                known);
    }

    /** Returns the record of a retry: the job waits again, as if it had been accepted now. */
    public JobRecord retried(long nextSequence, long now) {
        return waiting(nextSequence, now, retries + 1, 0, 0);
    }

    /** Returns the record for after the process died: the job waits again in its old place, and the attempts are counted. */
    public JobRecord waitingAgain() {
        return waiting(sequence, accepted, status == Status.IN_PROGRESS ? retries + 1 : retries, takes, attempts);
    }

    private JobRecord waiting(long place, long since, int retriesSoFar, int takesSoFar, int attemptsSoFar) {
        return open(place, since, Status.IN_QUEUE, retriesSoFar, takesSoFar, attemptsSoFar, 0, false);
    }

    /** Returns the record with one more take. */
    public JobRecord taken() {
        return open(sequence, accepted, status, retries, takes + 1, attempts, started, withdrawn);
    }

    /** Returns the record of the job as it begins. */
    public JobRecord begun(long now) {
        return open(sequence, accepted, Status.IN_PROGRESS, retries, takes, attempts + 1, now, withdrawn);
    }

    /** Returns the record of a running job as if it had begun so much later, or earlier, but not in the future. */
    public JobRecord startedLater(Duration time, long now) {
        long startedAt = Math.min(started + time.toMillis(), now);
        return open(sequence, accepted, status, retries, takes, attempts, startedAt, withdrawn);
    }

    /** Returns the record of a running job that is cancelled, and is to end with what it has. */
    public JobRecord cancelledEarly() {
        return open(sequence, accepted, status, retries, takes, attempts, started, true);
    }

    private JobRecord open(
            long place,
            long since,
            Status now,
            int retriesSoFar,
            int takesSoFar,
            int attemptsSoFar,
            long startedAt,
            boolean isWithdrawn) {
        return new JobRecord(
                id,
                place,
                since,
                bytes,
                policy,
                webhook,
                now,
                retriesSoFar,
                takesSoFar,
                attemptsSoFar,
                startedAt,
                0,
                0,
                0,
                false,
                false,
                isWithdrawn,
                null,
                submission);
    }

    /**
     * Returns the record of the job as it ends.
     *
     * @param tellsWebhook false if no webhook is to be called, even if there is one
     */
    public JobRecord ended(
            Status last, long now, long until, int answered, boolean tellsWebhook, boolean lacksPictures) {
        boolean due = tellsWebhook && webhook != null;
        return over(webhook, last, now, until, answered, due, lacksPictures, null);
    }

    private JobRecord over(
            @Nullable URI receiver,
            Status last,
            long now,
            long until,
            int answered,
            boolean due,
            boolean lacksPictures,
            @Nullable WebhookNews news) {
        return new JobRecord(
                id,
                sequence,
                accepted,
                bytes,
                policy,
                receiver,
                last,
                retries,
                takes,
                attempts,
                started,
                now,
                until,
                answered,
                due,
                lacksPictures,
                withdrawn,
                news,
                submission);
    }

    /** Returns the record of an ended job with what has become of its webhook; the address is dropped once no retry may need it. */
    public JobRecord webhookTold(WebhookNews news) {
        boolean due = webhookDue && news.isPending();
        boolean forGood = !due && (status == Status.CANCELLED || (status == Status.COMPLETED && !unstored));
        return over(forGood ? null : webhook, status, ended, keptUntil, answerBytes, due, unstored, news);
    }

    /** Returns the record with an earlier time at which the job is forgotten; unchanged if that time is later. */
    public JobRecord keptUntil(long time) {
        return over(webhook, status, ended, Math.min(time, keptUntil), answerBytes, webhookDue, unstored, webhookNews);
    }

    /** Returns true if the GPU has worked on the job for longer than it may. */
    public boolean isOverdue(long now) {
        return status == Status.IN_PROGRESS && now - started > policy.executionTimeout();
    }

    /** Returns true if the job has not ended within its time to live. */
    public boolean isExpired(long now) {
        return !status.isFinal() && now - accepted > policy.ttl();
    }

    /** Returns true if the job has ended, was kept long enough, and no webhook is still to be called. */
    public boolean isForgettable(long now) {
        return status.isFinal() && !webhookDue && now >= keptUntil;
    }

    /** Adds to a status body the times of the job, and which worker did it. */
    public ObjectNode describe(ObjectNode body, long now, String workerId) {
        if (started != 0) {
            // a clock that was set back makes no time negative
            body.put("delayTime", Math.max(0, started - accepted))
                    .put("executionTime", Math.max(0, (ended == 0 ? now : ended) - started))
                    .put("workerId", workerId);
        }
        if (retries > 0) {
            body.put("retries", retries);
        }
        return body;
    }
}
