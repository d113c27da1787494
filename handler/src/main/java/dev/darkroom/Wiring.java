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

/** Hands each room its part of the settings. */
class Wiring {
    private final WorkerConfig config;

    Wiring(WorkerConfig config) {
        this.config = config;
    }

    /** Makes the reader of requests. */
    @Produces
    @Singleton
    PayloadReader payloads() {
        return new PayloadReader(
                config.limits().values(),
                Styles.read(config.styles()),
                config.unknownFields() == WorkerConfig.UnknownFields.REFUSE);
    }

    /** Returns the settings of the HTTP API. */
    @Produces
    @Singleton
    HttpSettings http() {
        return config.http().api();
    }

    /** Returns the settings of the queue. */
    @Produces
    @Singleton
    QueueSettings queue() {
        return config.http().queue();
    }

    /** Returns the settings of webhooks. */
    @Produces
    @Singleton
    WebhookSettings webhooks() {
        return config.http().webhook();
    }

    /** Makes the guard of the addresses of webhooks. */
    @Produces
    @Singleton
    AddressGuard guard() {
        return new ReceiverAddresses(config.sources().allowPrivateAddresses());
    }

    /** Makes the folder that this worker serves its results from. */
    @Produces
    @ApplicationScoped
    ResultFolder results() {
        return new ResultFolder(
                config.data().resolve("results"),
                file -> URI.create(config.address() + "/results/" + file.getFileName()),
                Optional.of(config.resultsKept()));
    }
}
