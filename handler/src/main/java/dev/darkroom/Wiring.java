package dev.darkroom;

import dev.darkroom.queue.PayloadReader;
import dev.darkroom.queue.Styles;
import dev.darkroom.queue.http.AddressGuard;
import dev.darkroom.queue.http.HttpSettings;
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

    /** How this worker takes jobs over HTTP. */
    @Produces
    @Singleton
    HttpSettings http() {
        return config.http();
    }

    /** Decides which webhooks this worker calls. */
    @Produces
    @Singleton
    AddressGuard guard() {
        return new WebhookHosts(config.sources().allowedHosts());
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
