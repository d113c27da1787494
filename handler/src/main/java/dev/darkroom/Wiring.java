package dev.darkroom;

import dev.darkroom.queue.PayloadReader;
import dev.darkroom.queue.Styles;
import dev.darkroom.queue.durable.QueueSettings;
import dev.darkroom.queue.http.HttpSettings;
import dev.darkroom.queue.webhook.AddressGuard;
import dev.darkroom.queue.webhook.WebhookSettings;
import dev.darkroom.store.ResultFolder;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Optional;

/** What the rooms get of the settings. */
class Wiring {
    private final WorkerConfig config;

    Wiring(WorkerConfig config) {
        this.config = config;
    }

    /** How this worker reads requests. */
    @Produces
    @Singleton
    PayloadReader payloads() {
        return new PayloadReader(
                config.limits().values(),
                Styles.read(config.styles()),
                config.unknownFields() == WorkerConfig.UnknownFields.REFUSE);
    }

    /** Settings of the HTTP API. */
    @Produces
    @Singleton
    HttpSettings http() {
        return config.http().api();
    }

    /** Settings of the queue behind it. */
    @Produces
    @Singleton
    QueueSettings queue() {
        return config.http().queue();
    }

    /** Settings of webhooks. */
    @Produces
    @Singleton
    WebhookSettings webhooks() {
        return config.http().webhook();
    }

    /** Whom this worker calls when a job has a webhook. */
    @Produces
    @Singleton
    AddressGuard guard() {
        return new ReceiverAddresses(config.sources().allowPrivateAddresses());
    }

    /** The folder that this worker serves its results from. */
    @Produces
    @ApplicationScoped
    ResultFolder results() {
        return new ResultFolder(
                config.data().resolve("results"),
                file -> URI.create(config.address() + "/results/" + file.getFileName()),
                Optional.of(config.resultsKept()));
    }
}
