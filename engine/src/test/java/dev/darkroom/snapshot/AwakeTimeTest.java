package dev.darkroom.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A freeze and a jump of the clock are found, and nothing else is taken for one. */
class AwakeTimeTest {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration HOUR = Duration.ofHours(1);

    private long nanos = 5_000_000_000L;
    private Instant wall = Instant.parse("2030-01-01T00:00:00Z");
    private final List<Wake> wakes = new ArrayList<>();
    private final AwakeTime time = new AwakeTime(() -> nanos, () -> wall, wakes::add);

    private void pass(Duration monotonic, Duration byTheWall) {
        nanos += monotonic.toNanos();
        wall = wall.plus(byTheWall);
        time.look();
    }

    @Test
    void timeThatPassesIsNoSleep() {
        long before = time.nanos();
        for (int i = 0; i < 100; i++) {
            pass(SECOND, SECOND.plusMillis(i % 7));
        }
        pass(SECOND.multipliedBy(4), SECOND.multipliedBy(4));

        assertThat(wakes).isEmpty();
        assertThat(time.nanos() - before).isEqualTo(SECOND.multipliedBy(104).toNanos());
    }

    @Test
    void aFrozenProcessFindsItAndDoesNotCountTheTime() {
        long before = time.nanos();
        pass(SECOND, SECOND);
        pass(HOUR, HOUR);

        assertThat(wakes).containsExactly(new Wake(Wake.Cause.CLOCKS, HOUR, HOUR));
        assertThat(time.nanos() - before).isEqualTo(SECOND.toNanos());
        pass(SECOND, SECOND);
        assertThat(wakes).hasSize(1);
    }

    @Test
    void aMachineWhoseMonotonicClockStoodStillFindsItByTheWallClock() {
        pass(SECOND, HOUR);
        pass(SECOND, HOUR.negated());

        assertThat(wakes)
                .containsExactly(
                        new Wake(Wake.Cause.CLOCKS, Duration.ZERO, HOUR),
                        new Wake(Wake.Cause.CLOCKS, Duration.ZERO, HOUR.negated()));
    }

    @Test
    void whoAsksForTheTimeFindsASleepBeforeTheWatchDoes() {
        long before = time.nanos();
        nanos += HOUR.toNanos();
        wall = wall.plus(HOUR);

        assertThat(time.nanos()).isEqualTo(before);
        assertThat(wakes).hasSize(1);
    }

    @Test
    void aSignalWakesWithoutAnyJump() {
        time.wake(Wake.Cause.SIGNAL);

        assertThat(wakes).containsExactly(new Wake(Wake.Cause.SIGNAL, Duration.ZERO, Duration.ZERO));
        assertThat(wakes.getFirst().mayBeCopy()).isTrue();
    }
}
