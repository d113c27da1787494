package dev.darkroom.queue.durable;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Settings of the durable queue: its bounds, deadlines and how long it keeps answers. */
public interface QueueSettings {
    /** How many jobs may wait. */
    @WithDefault("100")
    int capacity();

    /** How large the requests that wait may be together. */
    @WithDefault("256M")
    MemorySize mostBytes();

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

    /** How this worker calls itself in status bodies; unset: a name that each start chooses. */
    Optional<String> workerId();
}
