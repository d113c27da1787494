package dev.darkroom.memory;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Fills a small heap for real, and empties it. */
final class FullHeap {
    private static final int CHUNK = 256 << 10;

    private FullHeap() {}

    public static void main(String... arguments) {
        try (var watch = MemoryWatch.start(
                new SystemFiles(Path.of("/nowhere")), Optional::empty, () -> new Held(0, 0, 0), Duration.ofDays(1))) {
            List<byte[]> chunks = new ArrayList<>();
            while (watch.seen().alarms().isEmpty()) {
                chunks.add(new byte[CHUNK]);
                System.gc();
                watch.look();
            }
            chunks.clear();
            System.gc();
            watch.look();
            System.out.println("raised " + watch.count(Alarm.HEAP));
        }
    }
}
