package dev.darkroom.queue.runpod;

import dev.darkroom.snapshot.Randomness;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Timeouts and waits of the conversation with the platform.
 *
 * @param poll time that a long poll may stay unanswered
 * @param emptyPoll the least time from one poll to the next if nothing came
 * @param asleep wait after a poll that was answered by 400, as when the platform puts the worker to sleep, or by nothing that is a job
 * @param throttled wait after 429
 * @param firstBackOff wait after the first of several failed polls; doubled after each further one
 * @param longestBackOff bound of that doubling
 * @param noStops wait after the platform said that it has no stop channel
 * @param reconnect after a restore, time for answers to polls that lie in the sockets already: a job may be among them; posts have theirs
 * @param result time that one post of a result or of a part of it may take
 * @param progress time that one post of progress may take
 * @param retries waits from one try of a post to the next; the last one repeats
 * @param pingRetries waits from one try of a ping to the next
 */
record Timeouts(
        Duration poll,
        Duration emptyPoll,
        Duration asleep,
        Duration throttled,
        Duration firstBackOff,
        Duration longestBackOff,
        Duration noStops,
        Duration reconnect,
        Duration result,
        Duration progress,
        List<Duration> retries,
        List<Duration> pingRetries) {
    static final Timeouts STANDARD = new Timeouts(
            Duration.ofSeconds(90),
            Duration.ofMillis(100),
            Duration.ofMillis(750),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(2),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            seconds(1, 2, 4, 8, 15),
            seconds(0, 2, 4));

    private static final double JITTER = 0.25;

    /** Returns the wait before try number {@code tries + 1}, a little longer or shorter each time so that workers do not come together. */
    Duration retry(int tries) {
        return jittered(retries.get(Math.min(tries, retries.size()) - 1));
    }

    /** Returns the wait after that many failed polls in a row. */
    Duration backOff(int failures) {
        long doubled = firstBackOff.toMillis() << Math.min(failures - 1, 20);
        return jittered(Duration.ofMillis(Math.min(doubled, longestBackOff.toMillis())));
    }

    static Duration jittered(Duration wait) {
        double factor = Randomness.plain().nextDouble(1 - JITTER, 1 + JITTER);
        return Duration.ofNanos(Math.round(wait.toNanos() * factor));
    }

    private static List<Duration> seconds(int... values) {
        return Arrays.stream(values).mapToObj(Duration::ofSeconds).toList();
    }
}
