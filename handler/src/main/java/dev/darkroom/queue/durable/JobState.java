package dev.darkroom.queue.durable;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** How far a job has come: what changes of a {@link JobRecord}. Its ticket keeps several threads apart. */
final class JobState {
    private final JobRecord beginning;
    private Status status;
    private int takes;
    private int attempts;
    private long started;
    private long ended;
    private long keptUntil;
    private boolean webhookDue;

    JobState(JobRecord job) {
        this.beginning = job;
        this.status = job.status();
        this.takes = job.takes();
        this.attempts = job.attempts();
        this.started = job.started();
        this.ended = job.ended();
        this.keptUntil = job.keptUntil();
        this.webhookDue = job.webhookDue();
    }

    Status status() {
        return status;
    }

    /** A thread has taken the job. */
    void take() {
        takes++;
    }

    /** The GPU begins with the job. */
    void begin(long now) {
        status = Status.IN_PROGRESS;
        started = now;
        attempts++;
    }

    /**
     * The job ends.
     *
     * @param until when it is forgotten
     * @param tellWebhook false if nobody is to be told, even if there is a webhook
     */
    void end(Status last, long now, long until, boolean tellWebhook) {
        status = last;
        ended = now;
        keptUntil = until;
        webhookDue = tellWebhook && beginning.webhook() != null;
    }

    void webhookTold() {
        webhookDue = false;
    }

    /** The answer goes at that time; false if it goes earlier anyhow. */
    boolean keepUntil(long time) {
        if (!status.isFinal() || time >= keptUntil) {
            return false;
        }
        keptUntil = time;
        return true;
    }

    /** True if the GPU has worked on it for longer than it may. */
    boolean isOverdue(long now) {
        return status == Status.IN_PROGRESS
                && now - started > beginning.policy().executionTimeout();
    }

    /** True if it has not ended within the time that it may live. */
    boolean isExpired(long now) {
        return !status.isFinal()
                && now - beginning.accepted() > beginning.policy().ttl();
    }

    /** True if it has ended, was kept long enough and nobody is still to be told. */
    boolean isForgettable(long now) {
        return status.isFinal() && !webhookDue && now >= keptUntil;
    }

    /** Adds to a status body what is known of times, and of who did the job. */
    ObjectNode describe(ObjectNode body, long now, String workerId) {
        if (started != 0) {
            body.put("delayTime", started - beginning.accepted())
                    .put("executionTime", (ended == 0 ? now : ended) - started)
                    .put("workerId", workerId);
        }
        if (beginning.retries() > 0) {
            body.put("retries", beginning.retries());
        }
        return body;
    }

    /** The job as it is now. */
    JobRecord record(int answerBytes) {
        return new JobRecord(
                beginning.id(),
                beginning.sequence(),
                beginning.accepted(),
                beginning.bytes(),
                beginning.policy(),
                beginning.webhook(),
                status,
                beginning.retries(),
                takes,
                attempts,
                started,
                ended,
                keptUntil,
                answerBytes,
                webhookDue);
    }
}
