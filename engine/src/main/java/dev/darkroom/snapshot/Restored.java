package dev.darkroom.snapshot;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * The one hook for all that a process does again once it was frozen or restored: whoever holds random numbers, times, connections or locks
 * listens here. Safe for several threads.
 */
public final class Restored {
    private static final Logger LOG = Logger.getLogger(Restored.class);
    private static final List<Entry> LISTENERS = new CopyOnWriteArrayList<>();
    private static final AtomicInteger TIMES = new AtomicInteger();

    private Restored() {}

    /** What is to be done again. It must not wait: what takes time goes to a thread of its own. */
    public interface Listener {
        /** Does it again. */
        void restored(Wake wake);
    }

    /** A listener's place, which closing gives up. */
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }

    /** Somebody who listens; the same listener may do so twice. */
    private static final class Entry {
        final String what;
        final Listener listener;

        Entry(String what, Listener listener) {
            this.what = what;
            this.listener = listener;
        }
    }

    /**
     * Listens from now on.
     *
     * @param what is done again, for the log
     */
    public static Registration listen(String what, Listener listener) {
        var entry = new Entry(what, listener);
        LISTENERS.add(entry);
        return () -> LISTENERS.remove(entry);
    }

    /** Has everything done again, random numbers first; returns when all listeners were called. */
    public static synchronized void happened(Wake wake) {
        TIMES.incrementAndGet();
        Randomness.renew();
        List<String> done = new ArrayList<>(List.of("random numbers"));
        for (Entry entry : LISTENERS) {
            try {
                entry.listener.restored(wake);
                done.add(entry.what);
            } catch (RuntimeException | Error e) { // whatever befalls one, the others have to hear of it
                LOG.errorf(e, "not done again after a restore: %s", entry.what);
            }
        }
        LOG.warnf("%s; done again: %s", wake, String.join(", ", done));
    }

    /** Returns how often it has happened: what was learnt at another count may be outdated. */
    public static int times() {
        return TIMES.get();
    }
}
