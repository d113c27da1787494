package dev.darkroom.store;

import dev.darkroom.job.Reason;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts how often in a row the worker's own storage has failed. Safe for several threads. */
final class StorageTroubles {
    /** One failure may be a moment's; a job is retried. */
    private static final int NOTABLE = 3;

    private final AtomicInteger failures = new AtomicInteger();

    void stored() {
        failures.set(0);
    }

    void failed() {
        failures.incrementAndGet();
    }

    /** A check that may take as long as storing does. */
    @FunctionalInterface
    interface Check {
        /** Tries the storage. */
        void run() throws StoreException;
    }

    /** Returns why the storage cannot be used; asks it only if it has failed several times, and forgets that once it works again. */
    Optional<String> now(Check check) {
        if (failures.get() < NOTABLE) {
            return Optional.empty();
        }
        try {
            check.run();
            stored();
            return Optional.empty();
        } catch (StoreException | RuntimeException e) { // whatever it is, the next look asks again
            return Optional.of(Reason.of(e));
        }
    }
}
