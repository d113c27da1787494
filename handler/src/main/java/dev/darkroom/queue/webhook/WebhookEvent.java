package dev.darkroom.queue.webhook;

import java.net.URI;

/**
 * The end of a job, which its receiver is told of. However often it is told, also after a restart, it is the same event; a job that is retried
 * and ends again is another.
 *
 * @param job id of the job
 * @param retries how often the job had been begun again by then
 */
public record WebhookEvent(String job, int retries, URI receiver) {
    /** Returns what receivers know the event by, as {@code webhook-id}. */
    public String id() {
        return "msg_" + job + "_" + retries;
    }
}
