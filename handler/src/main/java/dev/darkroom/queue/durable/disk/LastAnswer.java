package dev.darkroom.queue.durable.disk;

import dev.darkroom.job.Reason;
import dev.darkroom.queue.MemoryBudget;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The last answer of a job: in memory if it is small, in a file if it is large or is to outlive the process. */
public final class LastAnswer {
    private static final Logger LOG = Logger.getLogger(LastAnswer.class);
    private static final int SMALL = 16_384;

    private final JobStore store;
    private final JobRecord job;
    private final int bytes;
    private final byte @Nullable [] inMemory;
    private final Runnable dropped;

    private LastAnswer(JobStore store, JobRecord job, int bytes, byte @Nullable [] inMemory, Runnable dropped) {
        this.store = store;
        this.job = job;
        this.bytes = bytes;
        this.inMemory = inMemory;
        this.dropped = dropped;
    }

    /** Finds an answer that an earlier process has kept. */
    public static LastAnswer kept(JobStore store, JobRecord job) {
        return new LastAnswer(store, job, job.answerBytes(), null, () -> {});
    }

    /**
     * Keeps an answer. Where the disk fails it stays in memory, because the caller still waits for it.
     *
     * @param room bytes of large answers that all jobs together may keep in memory
     * @throws UncheckedIOException if there is no room either
     */
    public static LastAnswer keep(JobStore store, JobRecord job, byte[] body, boolean lasting, MemoryBudget room) {
        boolean small = body.length <= SMALL;
        if (lasting || !small) {
            try {
                store.keepAnswer(job.id(), job.retries(), body, lasting);
            } catch (UncheckedIOException e) {
                LOG.errorf("job %s: the answer would not outlive this process: %s", job.id(), Reason.of(e));
                return new LastAnswer(store, job, body.length, body, small ? () -> {} : taken(room, body.length, e));
            }
        }
        return new LastAnswer(store, job, body.length, small ? body : null, () -> {});
    }

    /**
     * Reserves room in memory.
     *
     * @return gives the room back, once
     */
    private static Runnable taken(MemoryBudget room, int bytes, UncheckedIOException cause) {
        if (!room.reserve(bytes)) {
            throw cause;
        }
        var held = new AtomicInteger(bytes);
        return () -> room.release(held.getAndSet(0));
    }

    public byte[] body() {
        return inMemory != null ? inMemory : store.answer(job.id(), job.retries());
    }

    public int bytes() {
        return bytes;
    }

    public void drop() {
        dropped.run();
        store.dropAnswer(job.id(), job.retries());
    }
}
