package dev.darkroom.queue.http;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How this worker takes jobs over HTTP. */
public interface HttpSettings {
    /** How many jobs may wait. */
    @WithDefault("100")
    int capacity();

    /** How large one request may be; three pictures of 20 MB in base64 fit. */
    @WithDefault("100M")
    MemorySize largestBody();

    /** How large the requests that wait may be together. */
    @WithDefault("256M")
    MemorySize mostBytes();

    /** How large the requests that are being received may be together. */
    @WithDefault("512M")
    MemorySize mostReceived();

    /** How many callers may wait for a job at the same time: of /runsync, /status-sync, /stream and /events together. */
    @WithDefault("256")
    int callers();

    /** How long jobs that have ended can be asked for. */
    @WithDefault("30m")
    Duration kept();

    /** How many jobs that have ended are kept at most; the oldest go first. */
    @WithDefault("1000")
    int mostKept();

    /** How large the answers that are kept on disk may be together; the oldest go first. */
    @WithDefault("2G")
    MemorySize mostKeptBytes();

    /** How long a job may live from its acceptance to its end, unless its policy says otherwise. */
    @WithDefault("24h")
    Duration ttl();

    /** How long a job may take from the moment the GPU begins with it, unless its policy says otherwise. */
    @WithDefault("24h")
    Duration executionTimeout();

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

    /** What webhooks are signed with; unset: they are not. */
    Optional<String> webhookSecret();

    /** How long the receiver of a webhook may take to answer. */
    @WithDefault("10s")
    Duration webhookTimeout();

    /** How long to wait before a webhook is tried again. */
    @WithDefault("10s")
    Duration webhookPause();

    /** How this worker calls itself in status bodies; unset: a name that each start chooses. */
    Optional<String> workerId();
}
