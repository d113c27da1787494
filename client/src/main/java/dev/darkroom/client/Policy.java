package dev.darkroom.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Deadlines and priority of a job; null leaves one to the worker.
 *
 * @param executionTimeout from the beginning of the job to its end: 5 seconds to 7 days
 * @param ttl from the acceptance of the job to its end: 10 seconds to 7 days
 * @param lowPriority true if all other jobs go first
 */
public record Policy(
        @Nullable Duration executionTimeout, @Nullable Duration ttl, boolean lowPriority) {}
