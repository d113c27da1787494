package dev.darkroom.queue.runpod;

import dev.darkroom.queue.MemoryBudget;
import dev.darkroom.queue.PayloadReader;
import java.util.function.Supplier;

/**
 * Everything that the tickets of this worker share.
 *
 * @param identity the platform's settings of now
 * @param pictures bound of the pictures that all jobs together keep for those who read their streams
 */
record PullContext(
        Supplier<RunPodEnvironment> identity,
        RunPodSettings settings,
        PayloadReader reader,
        HeldJobs held,
        ResultPoster poster,
        Replacement replacement,
        MemoryBudget pictures) {
    /** Returns the platform's settings of now. */
    RunPodEnvironment environment() {
        return identity.get();
    }
}
