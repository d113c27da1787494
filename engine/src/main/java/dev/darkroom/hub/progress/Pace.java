package dev.darkroom.hub.progress;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** How fast bytes come, over the last seconds: one moment says little, and the whole time too much. */
final class Pace {
    private static final Duration OVER = Duration.ofSeconds(15);

    private record Mark(long nanos, long bytes) {}

    private final Deque<Mark> marks = new ArrayDeque<>();

    /** Notes how many bytes have come in all by now. */
    void note(long nanos, long bytes) {
        marks.add(new Mark(nanos, bytes));
        while (marks.size() > 2 && nanos - marks.getFirst().nanos > OVER.toNanos()) {
            marks.removeFirst();
        }
    }

    /** Returns bytes a second; 0 before anything can be said. */
    double bytesPerSecond() {
        if (marks.size() < 2) {
            return 0;
        }
        double seconds = (marks.getLast().nanos - marks.getFirst().nanos) / 1e9;
        return seconds == 0 ? 0 : (marks.getLast().bytes - marks.getFirst().bytes) / seconds;
    }

    /** Returns the time that so many bytes take at this pace; empty while none come. */
    Optional<Duration> timeFor(long bytes) {
        double pace = bytesPerSecond();
        return pace < 1 ? Optional.empty() : Optional.of(Duration.ofSeconds(Math.round(bytes / pace)));
    }
}
