package dev.darkroom.queue.durable.disk;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.job.Faults;
import dev.darkroom.queue.Nothing;
import org.jspecify.annotations.Nullable;

/**
 * Deadlines and priority of a job.
 *
 * @param executionTimeout milliseconds from the beginning of the job to its end
 * @param ttl milliseconds from the acceptance of the job to its end
 * @param lowPriority true if all other jobs go first
 */
public record Policy(long executionTimeout, long ttl, boolean lowPriority) {
    private static final long LEAST_EXECUTION = 5_000;
    private static final long LEAST_TTL = 10_000;
    private static final long MOST = 7L * 24 * 60 * 60 * 1000;

    /** Reads the {@code policy} of a request, with the values of this one for what it leaves open. Faults are noted. */
    public Policy with(@Nullable JsonNode policy, Faults faults) {
        if (policy == null || Nothing.isObject(policy)) {
            return this;
        }
        if (!policy.isObject()) {
            faults.add("policy", "must be an object with executionTimeout, ttl or lowPriority");
            return this;
        }
        return new Policy(
                milliseconds(policy, "executionTimeout", LEAST_EXECUTION, executionTimeout, faults),
                milliseconds(policy, "ttl", LEAST_TTL, ttl, faults),
                flag(policy.path("lowPriority"), faults));
    }

    private static long milliseconds(JsonNode policy, String name, long least, long standard, Faults faults) {
        JsonNode value = policy.path(name);
        if (Nothing.is(value)) {
            return standard;
        }
        boolean holds =
                value.isNumber() && value.canConvertToLong() && value.asLong() >= least && value.asLong() <= MOST;
        faults.check(
                holds,
                "policy." + name,
                "must be from " + least + " to " + MOST + " milliseconds, not " + Faults.quoted(value));
        return holds ? value.asLong() : standard;
    }

    private boolean flag(JsonNode value, Faults faults) {
        if (Nothing.is(value)) {
            return lowPriority;
        }
        faults.check(value.isBoolean(), "policy.lowPriority", "must be true or false, not " + Faults.quoted(value));
        return value.asBoolean();
    }
}
