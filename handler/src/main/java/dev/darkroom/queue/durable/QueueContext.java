package dev.darkroom.queue.durable;

import dev.darkroom.queue.JobEndListener;
import dev.darkroom.queue.PayloadReader;
import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * What all tickets of a queue share.
 *
 * @param streamRoom how many bytes of unread pictures all jobs together may still hold
 * @param answerRoom how many bytes of large answers all jobs together may still keep in memory, when the disk fails
 * @param background where what need not be waited for is written down
 * @param outcomes told how every job has ended
 * @param ended told which job has ended
 */
record QueueContext(
        JobStore store,
        PayloadReader reader,
        Clock clock,
        String workerId,
        long kept,
        AtomicLong streamRoom,
        AtomicLong answerRoom,
        Executor background,
        JobEndListener outcomes,
        Consumer<DurableTicket> ended) {
    long now() {
        return clock.millis();
    }
}
