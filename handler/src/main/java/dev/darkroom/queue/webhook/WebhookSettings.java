package dev.darkroom.queue.webhook;

import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Settings of webhooks. */
public interface WebhookSettings {
    /** What webhooks are signed with; unset: they are not. */
    Optional<String> secret();

    /** How long the receiver of a webhook may take to answer. */
    @WithDefault("10s")
    Duration timeout();

    /** How long to wait before a webhook is tried again. */
    @WithDefault("10s")
    Duration pause();
}
