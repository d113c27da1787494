package dev.darkroom.queue.http;

import dev.darkroom.queue.MemoryBudget;
import jakarta.inject.Singleton;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Counts the bytes of bodies that have arrived and are not read into jobs yet, of all callers and of each. What a request declares counts
 * for nothing. Safe for several threads.
 */
@Singleton
final class BodyBudget {
    /** Bytes that every body is counted with at least, because an idle one costs memory too. */
    private static final int LEAST = 16_384;

    private final long mostOfAll;
    private final long mostOfOne;
    private final MemoryBudget all;
    private final ConcurrentMap<String, Long> byCaller = new ConcurrentHashMap<>();

    BodyBudget(HttpSettings settings) {
        this.mostOfAll = settings.mostReceived().asLongValue();
        this.mostOfOne = Math.min(settings.callerReceived().asLongValue(), mostOfAll);
        this.all = new MemoryBudget(mostOfAll);
    }

    /** Returns an account for one body; {@link Account#take} has to admit it. */
    Account open(String caller) {
        return new Account(caller);
    }

    /** Returns the bytes that all bodies together take now. */
    long taken() {
        return mostOfAll - all.left();
    }

    /** Bytes that one body takes. */
    final class Account {
        private final String caller;
        private long taken;
        private boolean closed;

        private Account(String caller) {
            this.caller = caller;
        }

        /** Takes room for a body that has just begun. */
        synchronized boolean begin() {
            return take(LEAST);
        }

        /** Takes room for bytes that have arrived; false, and nothing is taken, if there is none. */
        synchronized boolean take(int bytes) {
            if (closed || !all.reserve(bytes)) {
                return false;
            }
            long ofOne = byCaller.merge(caller, (long) bytes, Long::sum);
            taken += bytes;
            if (ofOne > mostOfOne) {
                give(bytes);
                return false;
            }
            return true;
        }

        /** Gives everything back, once. */
        synchronized void close() {
            closed = true;
            give(taken);
        }

        private void give(long bytes) {
            taken -= bytes;
            all.release(bytes);
            byCaller.computeIfPresent(caller, (name, sum) -> sum == bytes ? null : sum - bytes);
        }
    }
}
