package dev.darkroom.hub.transfer;

import dev.darkroom.hub.HubException;
import dev.darkroom.hub.HubSettings;
import dev.darkroom.job.Reason;
import dev.darkroom.snapshot.Randomness;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;

/** Pauses between the attempts of one request: twice as long each time, or as long as the server asks for. */
final class Backoff {
    private static final Logger LOG = Logger.getLogger(Backoff.class);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    /** Hubs that count requests count them over five minutes. */
    private static final Duration LONGEST_ASKED_FOR = Duration.ofMinutes(5);

    private final String what;
    private final HubSettings settings;
    private final Executor aside;
    private int failures;

    Backoff(String what, HubSettings settings) {
        this(what, settings, Runnable::run);
    }

    /** @param aside runs what is said in the log, where it does not stand in the way of something else */
    Backoff(String what, HubSettings settings, Executor aside) {
        this.what = what;
        this.settings = settings;
        this.aside = aside;
    }

    /** Starts counting failures anew, because something arrived. */
    void reset() {
        failures = 0;
    }

    /** Waits until the next attempt is due, or gives up. */
    void pause(IOException cause) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        failures++;
        String reason = Reason.of(cause);
        if (failures >= settings.attempts()) {
            throw new HubException(what + " cannot be fetched, " + failures + " attempts failed: " + reason, cause);
        }
        Duration pause = askedFor(cause).orElseGet(this::next);
        aside.execute(() -> LOG.warnf(
                "%s: %s: %s; attempt %d of %d in %.1f s",
                settings.endpoint().getHost(),
                what,
                reason,
                failures + 1,
                settings.attempts(),
                pause.toMillis() / 1e3));
        Thread.sleep(pause);
    }

    private static Optional<Duration> askedFor(IOException cause) {
        return cause instanceof TransientException failure
                ? failure.retryAfter().map(asked -> shorter(asked, LONGEST_ASKED_FOR))
                : Optional.empty();
    }

    /** Between half of and the whole pause, so that workers that failed together do not come back together. */
    private Duration next() {
        Duration doubled = settings.firstPause().multipliedBy(1L << Math.min(failures - 1, 20));
        long millis = shorter(doubled, LONGEST).toMillis();
        return Duration.ofMillis(millis - Randomness.plain().nextLong(millis / 2 + 1));
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
