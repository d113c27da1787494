package dev.darkroom.queue.http;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Settings of the HTTP API: sizes of bodies, open connections, and who may call. */
public interface HttpSettings {
    /** Size that one request may have; three pictures of 20 MB in base64 fit. */
    @WithDefault("100M")
    MemorySize largestBody();

    /** Size that the requests being received may have together. */
    @WithDefault("512M")
    MemorySize mostReceived();

    /** Size that the requests being received from one caller may have together; a caller is an address, or an IPv6 network of 64 bits. */
    @WithDefault("256M")
    MemorySize callerReceived();

    /** Time that a body may take to begin with; then, and again after each such time, {@link #slowestBody} is looked at. */
    @WithDefault("20s")
    Duration bodyGrace();

    /** Bytes per second that must arrive of a body, on average over each {@link #bodyGrace}. */
    @WithDefault("500")
    MemorySize slowestBody();

    /** Number of connections that may be open; never more than half of the file handles of the process. */
    @WithDefault("1024")
    int connections();

    /** Number of connections that one caller may have open; never more than half of all, unless it is a trusted proxy. */
    @WithDefault("512")
    int callerConnections();

    /** Time in which the head of a request must arrive, from the connection or from its first byte on. */
    @WithDefault("20s")
    Duration headerTimeout();

    /** Time for which a connection may be open without a request. */
    @WithDefault("75s")
    Duration idleTimeout();

    /** Addresses or networks of proxies whose {@code X-Forwarded-For} is believed. */
    Optional<List<String>> trustedProxies();

    /** Number of callers that may wait for a job at the same time: of /runsync, /status-sync, /stream and /events together. */
    @WithDefault("256")
    int callers();

    /**
     * API key that every caller must show as {@code Authorization: Bearer …}; unset: nobody is asked for one, and only this machine is
     * listened to.
     */
    Optional<String> apiKey();

    /** Second API key, as good as the first, while callers change from one to the other. */
    Optional<String> apiKeyNext();

    /** True lets a worker without a key listen where other machines reach it. */
    @WithDefault("false")
    boolean open();

    /**
     * Host names that the worker may be called by beside localhost, IP addresses, {@code HOST} and the public URL's: {@code worker},
     * {@code *.example.com}, {@code *} for all.
     */
    Optional<List<String>> hosts();

    /** Returns true if everybody may read {@code /q/metrics}, even where there is a key. */
    @WithDefault("false")
    boolean metricsOpen();

    /**
     * Origins of web pages that browsers may call from, such as {@code https://app.example.com}; {@code *} for all, {@code /…/} for a
     * pattern. Unset: only the worker's own.
     */
    Optional<List<String>> corsOrigins();
}
