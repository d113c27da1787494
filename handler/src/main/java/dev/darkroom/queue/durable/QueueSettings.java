package dev.darkroom.queue.durable;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Settings of the durable queue: its bounds, deadlines and how long it keeps answers. */
public interface QueueSettings {
    /** Number of jobs that may wait. */
    @WithDefault("100")
    int capacity();

    /** Size that the requests of waiting jobs may have together. */
    @WithDefault("256M")
    MemorySize mostBytes();

    /** Time that ended jobs can be asked for. */
    @WithDefault("30m")
    Duration kept();

    /** Number of ended jobs that are kept at most; the oldest are evicted first. */
    @WithDefault("1000")
    int mostKept();

    /** Size that the answers kept on disk may have together; the oldest are evicted first. */
    @WithDefault("2G")
    MemorySize mostKeptBytes();

    /** Time from the acceptance of a job to its end, unless its policy says otherwise. */
    @WithDefault("24h")
    Duration ttl();

    /** Time from the beginning of a job to its end, unless its policy says otherwise. */
    @WithDefault("24h")
    Duration executionTimeout();

    /** Name of this worker in status bodies; unset: a name that each start chooses. */
    Optional<String> workerId();
}
