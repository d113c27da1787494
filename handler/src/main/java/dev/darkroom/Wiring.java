package dev.darkroom;

import dev.darkroom.image.PictureMemory;
import dev.darkroom.provenance.Verification;
import dev.darkroom.queue.PayloadReader;
import dev.darkroom.queue.Styles;
import dev.darkroom.queue.durable.QueueSettings;
import dev.darkroom.queue.http.HttpSettings;
import dev.darkroom.queue.webhook.AddressGuard;
import dev.darkroom.queue.webhook.WebhookSettings;
import dev.darkroom.status.Build;
import dev.darkroom.store.ResultFolder;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Optional;

/** Produces the beans that the rooms need, from the settings. */
class Wiring {
    private final WorkerConfig config;

    Wiring(WorkerConfig config) {
        this.config = config;
    }

    /** Produces the reader of requests. */
    @Produces
    @Singleton
    PayloadReader payloads() {
        return payloads(config);
    }

    /** Makes a reader of requests that has these settings. */
    static PayloadReader payloads(WorkerConfig config) {
        return new PayloadReader(
                config.limits().values(),
                Styles.read(config.styles()),
                config.unknownFields() == WorkerConfig.UnknownFields.REFUSE);
    }

    /** Produces what is known of this program. */
    @Produces
    @Singleton
    Build build() {
        return Build.of(config.home(), System.getenv());
    }

    /** Produces the memory of the pictures that callers send, whatever for. */
    @Produces
    @Singleton
    PictureMemory pictureMemory() {
        return new PictureMemory(config.sources().memory().asLongValue());
    }

    /** Produces what finds out about files. */
    @Produces
    @Singleton
    Verification verification(VerifiedFiles files) {
        return new Verification(config.provenance(), files);
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

    /** Produces the rule of which webhooks this worker calls. */
    @Produces
    @Singleton
    AddressGuard guard() {
        return new WebhookHosts(config.sources().allowedHosts());
    }

    /** Produces the folder that this worker serves its results from. */
    @Produces
    @ApplicationScoped
    ResultFolder results() {
        return new ResultFolder(
                config.data().resolve("results"),
                file -> URI.create(config.address() + "/results/" + file.getFileName()),
                Optional.of(config.resultsKept()));
    }
}
