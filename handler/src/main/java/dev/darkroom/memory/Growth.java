package dev.darkroom.memory;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that the process has beyond Java's heap and beyond what it means to have, compared with the first job's end: a leak of native memory
 * lets them grow for ever. Growth counts as far as two numbers agree on it, for each alone is wrong at times: resident memory less weights
 * grows where pages of mapped weights come back from the disk, and memory without pages of files grows where weights are converted.
 */
final class Growth {
    private @Nullable Level first;

    private record Level(long resident, long anonymous) {}

    /**
     * Bytes that are held without a reason.
     *
     * @param first after the first job
     * @param grown since then; negative if there are fewer
     */
    record Since(long first, long grown) {}

    /** Compares with the level after the first job; empty before that, and where the system does not tell. */
    Optional<Since> look(Readings readings, Held held) {
        if (readings.process().isEmpty() || held.jobs() == 0) {
            return Optional.empty();
        }
        Readings.Process process = readings.process().get();
        long heap = readings.heap().committed();
        var now = new Level(process.resident() - heap - held.weights(), process.anonymous() - heap);
        Level then = first;
        if (then == null) {
            first = now;
            return Optional.of(new Since(now.resident, 0));
        }
        long grown = Math.min(now.resident - then.resident, now.anonymous - then.anonymous) - held.work();
        return Optional.of(new Since(then.resident, grown));
    }
}
