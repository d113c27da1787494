package dev.darkroom.queue.runpod;

import dev.darkroom.queue.MemoryBudget;
import dev.darkroom.queue.PayloadReader;

/**
 * Everything that the tickets of this worker share.
 *
 * @param pictures bound of the pictures that all jobs together keep for those who read their streams
 */
record PullContext(
        RunPodEnvironment environment,
        RunPodSettings settings,
        PayloadReader reader,
        HeldJobs held,
        ResultPoster poster,
        Replacement replacement,
        MemoryBudget pictures) {}
