package dev.darkroom.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.Eventually;
import dev.darkroom.logs.LogTap;
import dev.darkroom.memory.Readings.Card;
import dev.darkroom.meta.MetaProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alarms come before memory runs out, each once, and end. */
class MemoryWatchTest {
    private static final long GIGABYTE = 1L << 30;
    private static final Duration NEVER = Duration.ofDays(1);
    private static final Held NOTHING = new Held(0, 0, 0);

    @TempDir
    Path root;

    @Test
    void anAlarmIsToldOnceAndSoIsItsEnd() throws IOException {
        var tree = new Trees(root).status(3 * GIGABYTE, GIGABYTE).meminfo(8 * GIGABYTE, 16 * GIGABYTE);
        try (var log = new LogTap(MemoryWatch.class);
                var watch = MemoryWatch.start(tree.files(), Optional::empty, () -> NOTHING, NEVER)) {
            assertThat(watch.seen().alarms()).isEmpty();

            tree.meminfo(GIGABYTE / 2, 16 * GIGABYTE);
            watch.look();
            watch.look();
            assertThat(watch.seen().alarms()).containsExactly(Alarm.HOST);

            tree.meminfo(GIGABYTE * 9 / 10, 16 * GIGABYTE);
            watch.look();
            assertThat(watch.seen().alarms()).as("neither short nor ample").containsExactly(Alarm.HOST);

            tree.meminfo(2 * GIGABYTE, 16 * GIGABYTE);
            watch.look();
            assertThat(watch.seen().alarms()).isEmpty();
            tree.meminfo(GIGABYTE * 9 / 10, 16 * GIGABYTE);
            watch.look();
            assertThat(watch.seen().alarms()).isEmpty();

            assertThat(watch.count(Alarm.HOST)).isEqualTo(1);
            assertThat(log.lines()).hasSize(2);
            assertThat(log.lines().getFirst())
                    .startsWith("WARN memory runs short: the machine has ")
                    .contains("DARKROOM_MEMORY");
            assertThat(log.lines().getLast()).startsWith("INFO memory suffices again: the machine has ");
        }
    }

    @Test
    void aLeakIsToldAfterTheFirstJob() throws IOException {
        var tree = new Trees(root).status(3 * GIGABYTE, GIGABYTE);
        var held = new AtomicReference<>(NOTHING);
        try (var log = new LogTap(MemoryWatch.class);
                var watch = MemoryWatch.start(tree.files(), Optional::empty, held::get, NEVER)) {
            held.set(new Held(GIGABYTE, 0, 1));
            watch.look();
            tree.status(5 * GIGABYTE, GIGABYTE);
            watch.look();

            assertThat(watch.seen().alarms()).containsExactly(Alarm.NATIVE);
            assertThat(log.text())
                    .contains("has grown by 2.1 GB since the first job")
                    .contains("restart");
            assertThat(watch.seen().mostResident()).isEqualTo(5 * GIGABYTE);
            tree.status(2 * GIGABYTE, GIGABYTE);
            watch.look();
            assertThat(watch.seen().alarms()).isEmpty();
            assertThat(watch.seen().mostResident()).isEqualTo(5 * GIGABYTE);
        }
    }

    @Test
    void aCardThatIsLostDoesNotEndTheWatch() throws InterruptedException {
        var tree = new Trees(root);
        var looks = new AtomicInteger();
        try (var watch = MemoryWatch.start(
                tree.files(),
                () -> {
                    int look = looks.incrementAndGet();
                    if (look % 2 == 0) {
                        throw new IllegalStateException("CUDA error: unspecified launch failure");
                    }
                    return Optional.of(new Card(look == 3 ? 1 : 50, 100, Long.MAX_VALUE));
                },
                () -> NOTHING,
                Duration.ofMillis(1))) {
            Eventually.await("it looks on", () -> looks.get() > 6);

            assertThat(watch.seen().leastFree()).isEqualTo(1);
            assertThat(watch.count(Alarm.DEVICE)).isEqualTo(1);
        }
    }

    @Test
    void nothingEndsTheWatch() throws InterruptedException {
        var looks = new AtomicInteger();
        try (var watch = MemoryWatch.start(
                new Trees(root).files(),
                Optional::empty,
                () -> {
                    if (looks.incrementAndGet() < 4) {
                        throw new AssertionError("a fault of ours");
                    }
                    return NOTHING;
                },
                Duration.ofMillis(1))) {
            Eventually.await("it looks on", () -> looks.get() > 6);
            assertThat(watch.seen().alarms()).isEmpty();
        }
    }

    @Test
    void aProcessWhoseHeapIsFullSaysSo() throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        MetaProcess.classPath(),
                        FullHeap.class.getName())
                .redirectErrorStream(true)
                .start();
        child.getOutputStream().close();
        String output = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(child.waitFor()).as(output).isZero();
        assertThat(output).contains("memory runs short: Java's heap held ", "memory suffices again");
        assertThat(output.lines().filter(line -> line.contains("raised")).toList())
                .isEqualTo(List.of("raised 1"));
    }
}
