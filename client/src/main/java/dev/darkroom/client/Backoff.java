package dev.darkroom.client;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** The pauses between the tries of one call: each about twice as long as the one before, until patience is at its end. */
final class Backoff {
    private static final Duration FIRST = Duration.ofMillis(200);
    private static final Duration LONGEST = Duration.ofSeconds(8);

    private final Duration patience;
    private final long begin = System.nanoTime();
    private Duration next = FIRST;

    Backoff(Duration patience) {
        this.patience = patience;
    }

    /**
     * Waits before another try.
     *
     * @param asked how long the server wants to be left alone
     * @return false at once if patience would end before
     */
    boolean pause(Optional<Duration> asked) throws InterruptedException {
        // apart from others who failed at the same time
        Duration wait = asked.orElseGet(() ->
                next.multipliedBy(ThreadLocalRandom.current().nextInt(50, 101)).dividedBy(100));
        next = next.multipliedBy(2).compareTo(LONGEST) < 0 ? next.multipliedBy(2) : LONGEST;
        if (System.nanoTime() - begin + wait.toNanos() > patience.toNanos()) {
            return false;
        }
        Thread.sleep(wait);
        return true;
    }

    /** Reads how long a server wants to be left alone: seconds, or a date. */
    static Optional<Duration> asked(HttpResponse<?> response) {
        return response.headers().firstValue("Retry-After").map(String::strip).flatMap(Backoff::duration);
    }

    private static Optional<Duration> duration(String text) {
        if (text.matches("\\d{1,6}")) {
            return Optional.of(Duration.ofSeconds(Integer.parseInt(text)));
        }
        try {
            Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            Duration wait = Duration.between(Instant.now(), until);
            return Optional.of(wait.isNegative() ? Duration.ZERO : wait);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
