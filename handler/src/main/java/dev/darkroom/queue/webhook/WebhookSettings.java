package dev.darkroom.queue.webhook;

import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Settings of webhooks. */
public interface WebhookSettings {
    /** Secret that webhooks are signed with; unset: they are not signed. */
    Optional<String> secret();

    /** Second secret, by which webhooks are signed too, while receivers change from one to the other. */
    Optional<String> secretNext();

    /** Time that the receiver of a webhook may take to answer. */
    @WithDefault("10s")
    Duration timeout();

    /** Wait before a webhook is tried again. */
    @WithDefault("10s")
    Duration pause();
}
