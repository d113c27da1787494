package dev.darkroom.queue.webhook;

import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Settings of webhooks. */
public interface WebhookSettings {
    /** Secret that webhooks are signed with; unset: they are not signed. */
    Optional<String> secret();

    /** Time that the receiver of a webhook may take to answer. */
    @WithDefault("10s")
    Duration timeout();

    /** Wait before a webhook is tried again. */
    @WithDefault("10s")
    Duration pause();
}
