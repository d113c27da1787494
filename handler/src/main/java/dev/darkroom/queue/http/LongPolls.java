package dev.darkroom.queue.http;

import jakarta.inject.Singleton;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A bounded number of callers that wait with an open connection. */
@Singleton
final class LongPolls {
    private final Semaphore places;
    private final Executor threads = Executors.newVirtualThreadPerTaskExecutor();

    LongPolls(HttpSettings settings) {
        this.places = new Semaphore(settings.callers());
    }

    /**
     * Reserves a place for a caller; {@link #await} gives it back, and so does {@link #leave}.
     *
     * @throws ApiException if there is none
     */
    void enter() {
        if (!places.tryAcquire()) {
            throw new ApiException(429, "too many callers wait already: use /run and ask for /status");
        }
    }

    void leave() {
        places.release();
    }

    /**
     * Answers a caller when an event has happened or a time has passed.
     *
     * @param event completes when there is something to answer
     * @param answer made then, on a thread that may block
     * @param gone called if the caller goes away before; the answer is not made then
     */
    <T> CompletableFuture<T> await(
            CompletableFuture<@Nullable Void> event, long milliseconds, Supplier<T> answer, Runnable gone) {
        CompletableFuture<T> answered = event.completeOnTimeout(null, milliseconds, TimeUnit.MILLISECONDS)
                .thenApplyAsync(ignored -> answer.get(), threads);
        var unused = answered.whenComplete((value, failure) -> {
            leave();
            if (failure instanceof CancellationException
                    || (failure instanceof CompletionException e && e.getCause() instanceof CancellationException)) {
                threads.execute(gone);
            }
        });
        return answered;
    }
}
