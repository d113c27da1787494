package dev.darkroom.queue.durable;

import dev.darkroom.queue.JobEvent;
import dev.darkroom.queue.MemoryBudget;
import dev.darkroom.queue.PayloadReader;
import dev.darkroom.queue.durable.disk.JobStore;
import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/**
 * Everything that the tickets of a queue share.
 *
 * @param worker id of this worker as of now
 * @param kept how many milliseconds an ended job can be asked for
 * @param memory bounds of what all jobs together keep in memory
 * @param background runs writes that nobody waits for
 * @param listener hears every event of every job, before all others who follow the job
 */
record QueueContext(
        JobStore store,
        PayloadReader reader,
        Clock clock,
        Supplier<String> worker,
        long kept,
        Memory memory,
        Executor background,
        BiConsumer<DurableJob, JobEvent> listener) {
    /**
     * Bounds of the bytes that all jobs together may keep in memory.
     *
     * @param pictures pictures that may still be read from streams
     * @param answers large answers that the disk does not take
     * @param inputs requests that were read at the door and wait for a worker
     */
    record Memory(MemoryBudget pictures, MemoryBudget answers, MemoryBudget inputs) {}

    /** Returns the id of this worker for status bodies. */
    String workerId() {
        return worker.get();
    }

    long now() {
        return clock.millis();
    }
}
