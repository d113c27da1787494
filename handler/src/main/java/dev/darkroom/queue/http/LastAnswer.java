package dev.darkroom.queue.http;

import java.io.UncheckedIOException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The last answer of a job: in memory if it is small, in a file if it is large or is to outlive the process. */
final class LastAnswer {
    private static final Logger LOG = Logger.getLogger(LastAnswer.class);
    private static final int SMALL = 16_384;

    private final JobStore store;
    private final StoredJob job;
    private final int bytes;
    private final byte @Nullable [] inMemory;

    private LastAnswer(JobStore store, StoredJob job, int bytes, byte @Nullable [] inMemory) {
        this.store = store;
        this.job = job;
        this.bytes = bytes;
        this.inMemory = inMemory;
    }

    /** An answer that an earlier process has kept. */
    static LastAnswer kept(JobStore store, StoredJob job) {
        return new LastAnswer(store, job, job.answerBytes(), null);
    }

    /** Keeps an answer. Where the disk fails it stays in memory, because the caller still waits for it. */
    static LastAnswer keep(JobStore store, StoredJob job, byte[] body, boolean lasting) {
        boolean small = body.length <= SMALL;
        if (lasting || !small) {
            try {
                store.keepAnswer(job.id(), job.retries(), body, lasting);
            } catch (UncheckedIOException e) {
                LOG.errorf("job %s: the answer would not outlive this process: %s", job.id(), e.getMessage());
                return new LastAnswer(store, job, body.length, body);
            }
        }
        return new LastAnswer(store, job, body.length, small ? body : null);
    }

    byte[] body() {
        return inMemory != null ? inMemory : store.answer(job.id(), job.retries());
    }

    int bytes() {
        return bytes;
    }

    void drop() {
        store.dropAnswer(job.id(), job.retries());
    }
}
