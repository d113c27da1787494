package dev.darkroom.hub.transfer;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Closes bodies of answers that stay silent: the JDK's client limits the wait for an answer's head, but not for its body. */
final class SilenceGuard implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SilenceGuard.class);

    private final long longestNanos;
    private final Set<Watch> watched = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("hub-silence").factory());
    private final ScheduledFuture<?> rounds;

    SilenceGuard(Duration longest) {
        longestNanos = longest.toNanos();
        long interval = Math.max(1, longest.toMillis() / 10);
        rounds = clock.scheduleAtFixedRate(this::look, interval, interval, TimeUnit.MILLISECONDS);
    }

    /** Starts to watch a body; closing the watch ends that. */
    Watch watch(InputStream body) {
        var watch = new Watch(body);
        watched.add(watch);
        return watch;
    }

    private void look() {
        long now = System.nanoTime();
        watched.stream().filter(watch -> now - watch.heard > longestNanos).forEach(Watch::cut);
    }

    @Override
    public void close() {
        rounds.cancel(true);
        clock.shutdownNow();
    }

    /** The watch over a body that is being read. */
    final class Watch implements AutoCloseable {
        private final InputStream body;
        private volatile long heard = System.nanoTime();

        private Watch(InputStream body) {
            this.body = body;
        }

        /** Notes that something came. */
        void heard() {
            heard = System.nanoTime();
        }

        private void cut() {
            try {
                body.close();
            } catch (IOException e) {
                LOG.debugf("a silent body was not closed: %s", e);
            }
        }

        @Override
        public void close() {
            watched.remove(this);
        }
    }
}
