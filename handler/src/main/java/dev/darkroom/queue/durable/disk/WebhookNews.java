package dev.darkroom.queue.durable.disk;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.queue.JobJson;

/**
 * State of an ended job's webhook, as callers read it.
 *
 * @param state {@code pending}, {@code delivered} or {@code failed}
 * @param tries how often the receiver was called
 * @param last what came of the last try; empty before the first one
 */
public record WebhookNews(String state, int tries, String last) {
    private static final String PENDING = "pending";

    /** Makes the news of a webhook that was not tried yet. */
    public static WebhookNews none() {
        return new WebhookNews(PENDING, 0, "");
    }

    @JsonIgnore
    boolean isPending() {
        return state.equals(PENDING);
    }

    /** Describes the webhook for a status body. */
    public ObjectNode json() {
        ObjectNode json = JobJson.object().put("state", state).put("tries", tries);
        return last.isEmpty() ? json : json.put("last", last);
    }
}
