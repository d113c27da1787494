package dev.darkroom.queue.durable;

import dev.darkroom.queue.durable.disk.Submission;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.Supplier;

/** Makes one job of submissions that have the same key, also of those that come at the same time. Safe for several threads. */
final class Submissions {
    private final ConcurrentMap<String, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();
    private final Function<String, Optional<DurableJob>> known;

    /** @param known finds the job that was accepted under a key and can still be asked for */
    Submissions(Function<String, Optional<DurableJob>> known) {
        this.known = known;
    }

    /**
     * Returns the job of a submission: the one that it has made before, or a new one. One that is refused does not occupy its key.
     *
     * @throws QueueException if there is another submission under the key
     */
    DurableJob once(Submission submission, Supplier<DurableJob> accept) {
        while (true) {
            var mine = new CompletableFuture<Void>();
            CompletableFuture<Void> others = underWay.putIfAbsent(submission.key(), mine);
            if (others == null) {
                return first(submission, accept, mine);
            }
            others.join();
        }
    }

    private DurableJob first(Submission submission, Supplier<DurableJob> accept, CompletableFuture<Void> mine) {
        try {
            Optional<DurableJob> before =
                    known.apply(submission.key()).filter(job -> job.refusal().isEmpty());
            if (before.isPresent()
                    && !submission.equals(before.get().beginning().submission())) {
                throw QueueException.otherBody(submission.key());
            }
            return before.orElseGet(accept);
        } finally {
            underWay.remove(submission.key(), mine);
            mine.complete(null);
        }
    }
}
