package dev.darkroom.hub;

import dev.darkroom.job.Eventually;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Settings as the configuration would give them, with short pauses. */
record TestHubSettings(
        URI endpoint,
        Path hub,
        Optional<String> token,
        boolean offline,
        Duration modelsWait,
        long partBytes,
        Duration silence,
        int attempts)
        implements HubSettings {
    private static final long PART = 1 << 20;

    TestHubSettings(URI endpoint, Path hub) {
        this(endpoint, hub, Optional.empty(), false, Duration.ZERO, PART, Eventually.NEVER, 4);
    }

    TestHubSettings withToken(String secret) {
        return new TestHubSettings(
                endpoint, hub, Optional.of(secret), offline, modelsWait, partBytes, silence, attempts);
    }

    TestHubSettings withoutNetwork() {
        return new TestHubSettings(endpoint, hub, token, true, modelsWait, partBytes, silence, attempts);
    }

    TestHubSettings waiting(Duration wait) {
        return new TestHubSettings(endpoint, hub, token, offline, wait, partBytes, silence, attempts);
    }

    /** With many attempts, as on a busy machine a server that works can be silent for so long, too. */
    TestHubSettings withSilence(Duration longest) {
        return new TestHubSettings(endpoint, hub, token, offline, modelsWait, partBytes, longest, 1_000);
    }

    @Override
    public Optional<Path> cache() {
        return Optional.of(hub);
    }

    @Override
    public Optional<Path> home() {
        return Optional.empty();
    }

    @Override
    public int connections() {
        return 4;
    }

    @Override
    public Duration firstPause() {
        return Duration.ofMillis(1);
    }
}
