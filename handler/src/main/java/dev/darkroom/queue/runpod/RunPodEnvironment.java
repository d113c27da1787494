package dev.darkroom.queue.runpod;

import dev.darkroom.snapshot.Randomness;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The settings that RunPod gives a worker by environment variables.
 *
 * @param key value of the Authorization header; null if the platform gave none
 * @param hostname name of the machine for error reports
 * @param pingInterval time between two heartbeats
 */
public record RunPodEnvironment(
        RunPodUrls urls, @Nullable String key, String workerId, String hostname, Duration pingInterval) {
    private static final Logger LOG = Logger.getLogger(RunPodEnvironment.class);
    private static final Duration PING_INTERVAL = Duration.ofSeconds(10);
    private static final Duration SHORTEST_PING_INTERVAL = Duration.ofSeconds(1);
    private static final Duration LONGEST_PING_INTERVAL = Duration.ofMinutes(5);

    /** Reads the variables of this process; empty if it does not run on RunPod's serverless queue. */
    public static Optional<RunPodEnvironment> fromProcess() {
        return from(System.getenv());
    }

    /**
     * Reads the platform's variables.
     *
     * @return empty if {@code RUNPOD_WEBHOOK_GET_JOB} is not there
     * @throws IllegalArgumentException that names the variable without which no job could be taken or answered
     */
    public static Optional<RunPodEnvironment> from(Map<String, String> variables) {
        String take = value(variables, "RUNPOD_WEBHOOK_GET_JOB");
        if (take == null) {
            return Optional.empty();
        }
        String done = value(variables, "RUNPOD_WEBHOOK_POST_OUTPUT");
        if (done == null) {
            throw new IllegalArgumentException(
                    "RUNPOD_WEBHOOK_POST_OUTPUT: is missing, so that no job could be answered");
        }
        String key = value(variables, "RUNPOD_AI_API_KEY");
        if (key == null) {
            LOG.error("RUNPOD_AI_API_KEY is missing: RunPod is likely to give this worker no jobs");
        }
        String podId = value(variables, "RUNPOD_POD_ID");
        String workerId = podId == null ? Randomness.uuid().toString() : podId;
        String hostname = value(variables, "RUNPOD_POD_HOSTNAME");
        return Optional.of(new RunPodEnvironment(
                RunPodUrls.of(
                        take,
                        done,
                        value(variables, "RUNPOD_WEBHOOK_POST_STREAM"),
                        key == null || podId == null ? null : value(variables, "RUNPOD_WEBHOOK_PING"),
                        workerId,
                        value(variables, "RUNPOD_GPU_TYPE_ID")),
                key,
                workerId,
                hostname == null ? "unknown" : hostname,
                pingInterval(value(variables, "RUNPOD_PING_INTERVAL"))));
    }

    private static Duration pingInterval(@Nullable String milliseconds) {
        if (milliseconds == null) {
            return PING_INTERVAL;
        }
        try {
            return Duration.ofMillis(Math.clamp(
                    Long.parseLong(milliseconds), SHORTEST_PING_INTERVAL.toMillis(), LONGEST_PING_INTERVAL.toMillis()));
        } catch (NumberFormatException e) {
            LOG.warnf("RUNPOD_PING_INTERVAL is no number of milliseconds: it is taken as %d", PING_INTERVAL.toMillis());
            return PING_INTERVAL;
        }
    }

    private static @Nullable String value(Map<String, String> variables, String name) {
        String value = variables.get(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    /** Describes the worker without the addresses and the key, which are credentials. */
    @Override
    public String toString() {
        return "worker " + workerId + " on " + hostname;
    }
}
