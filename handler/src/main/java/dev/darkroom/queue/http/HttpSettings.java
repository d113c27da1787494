package dev.darkroom.queue.http;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.WithDefault;
import java.util.List;
import java.util.Optional;

/** Settings of the HTTP API: sizes of bodies, open connections, and who may call. */
public interface HttpSettings {
    /** How large one request may be; three pictures of 20 MB in base64 fit. */
    @WithDefault("100M")
    MemorySize largestBody();

    /** How large the requests that are being received may be together. */
    @WithDefault("512M")
    MemorySize mostReceived();

    /** How many callers may wait for a job at the same time: of /runsync, /status-sync, /stream and /events together. */
    @WithDefault("256")
    int callers();

    /** What every caller must show as {@code Authorization: Bearer …}; unset: nobody is asked. */
    Optional<String> apiKey();

    /** True lets everybody read {@code /q/metrics}, even where there is a key. */
    @WithDefault("false")
    boolean metricsOpen();

    /**
     * Web pages that browsers may call from, such as {@code https://app.example.com}; {@code *} for all, {@code /…/} for a pattern. Unset:
     * only the worker's own.
     */
    Optional<List<String>> corsOrigins();
}
