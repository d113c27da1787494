package dev.darkroom.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.memory.Alarm.Finding;
import dev.darkroom.memory.Alarm.State;
import dev.darkroom.memory.Growth.Since;
import dev.darkroom.memory.Readings.Card;
import dev.darkroom.memory.Readings.Container;
import dev.darkroom.memory.Readings.Heap;
import dev.darkroom.memory.Readings.Host;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** At which numbers memory is short, and when it is ample again. Numbers are megabytes. */
class AlarmTest {
    private static final long MEGABYTE = 1_000_000;
    private static final Heap HEAP = new Heap(0, 0, 1000, 0);

    @ParameterizedTest
    @CsvSource({
        // five in a hundred of a large machine
        "100000, 4999, SHORT",
        "100000, 5000, BETWEEN",
        "100000, 6249, BETWEEN",
        "100000, 6250, AMPLE",
        // 512 MiB of a small one
        "4000, 536, SHORT",
        "4000, 537, BETWEEN",
        "4000, 672, AMPLE"
    })
    void theMachine(long total, long available, State state) {
        assertThat(judge(Alarm.HOST, new Host(available * MEGABYTE, total * MEGABYTE)))
                .isEqualTo(state);
    }

    @ParameterizedTest
    @CsvSource({"9201, SHORT", "9200, BETWEEN", "8801, BETWEEN", "8800, AMPLE"})
    void theContainer(long used, State state) {
        assertThat(judge(Alarm.CONTAINER, new Container(used * MEGABYTE, 10_000 * MEGABYTE)))
                .isEqualTo(state);
    }

    @ParameterizedTest
    @CsvSource({"901, SHORT", "900, BETWEEN", "801, BETWEEN", "800, AMPLE"})
    void javasHeapByWhatCollectionsLeave(long collected, State state) {
        var heap = new Heap(999 * MEGABYTE, 1000 * MEGABYTE, 1000 * MEGABYTE, collected * MEGABYTE);

        assertThat(state(Alarm.HEAP, readings(Optional.empty(), Optional.empty(), Optional.empty(), heap)))
                .isEqualTo(state);
    }

    @ParameterizedTest
    @CsvSource({
        // the planner leaves much
        "30000, 2399, SHORT",
        "30000, 2400, BETWEEN",
        "30000, 3199, BETWEEN",
        "30000, 3200, AMPLE",
        "30000, 29000, AMPLE",
        "30000, 0, SHORT",
        // a peak as it was planned, which libtorch's cache keeps; others who take more than a part of what was left
        "2000, 2000, AMPLE",
        "2000, 1200, BETWEEN",
        "2000, 1199, SHORT",
        "1000, 1000, AMPLE",
        "1000, 199, SHORT",
        "300, 300, AMPLE",
        "300, 0, BETWEEN",
        "0, 0, AMPLE",
        // a plan that did not fit, as the smallest may
        "-500, 0, AMPLE"
    })
    void theCardByWhatThePlansLeave(long planned, long free, State state) {
        assertThat(judge(Alarm.DEVICE, new Card(free * MEGABYTE, 80_000 * MEGABYTE, planned * MEGABYTE)))
                .isEqualTo(state);
    }

    @ParameterizedTest
    @CsvSource({"2399, SHORT", "2400, BETWEEN", "3200, AMPLE"})
    void theCardBeforeAnyPlan(long free, State state) {
        assertThat(judge(Alarm.DEVICE, new Card(free * MEGABYTE, 80_000 * MEGABYTE, Long.MAX_VALUE)))
                .isEqualTo(state);
    }

    @ParameterizedTest
    @CsvSource({
        // a gigabyte at least
        "400, 1073, BETWEEN",
        "400, 1074, SHORT",
        "400, 858, AMPLE",
        "-300, 1074, SHORT",
        // a quarter of what was there
        "8000, 2000, BETWEEN",
        "8000, 2001, SHORT",
        "8000, 1600, AMPLE",
        "8000, -500, AMPLE"
    })
    void growth(long first, long grown, State state) {
        Optional<Finding> finding = Alarm.NATIVE.judge(
                readings(Optional.empty(), Optional.empty(), Optional.empty(), HEAP),
                Optional.of(new Since(first * MEGABYTE, grown * MEGABYTE)));

        assertThat(finding.map(Finding::state)).contains(state);
    }

    @Test
    void whatIsNotKnownIsNoAlarm() {
        Readings nothing = readings(Optional.empty(), Optional.empty(), Optional.empty(), new Heap(5, 5, -1, 5));

        assertThat(Alarm.values())
                .allSatisfy(alarm ->
                        assertThat(alarm.judge(nothing, Optional.empty())).isEmpty());
    }

    @Test
    void theLineSaysWhatIsMeasuredTheLimitAndWhatToDo() {
        Finding finding = Alarm.HOST
                .judge(
                        readings(
                                Optional.of(new Host(300 * MEGABYTE, 16_000 * MEGABYTE)),
                                Optional.empty(),
                                Optional.empty(),
                                HEAP),
                        Optional.empty())
                .orElseThrow();

        assertThat(Alarm.HOST.warning(finding))
                .isEqualTo("memory runs short: the machine has 300.0 MB available of 16.0 GB, the alarm is at 800.0 MB:"
                        + " set DARKROOM_MEMORY lower, serve fewer models, or stop other programs, before the system ends"
                        + " one of them");
        assertThat(Alarm.HOST.end(finding)).startsWith("memory suffices again: the machine has 300.0 MB");
    }

    private static State judge(Alarm alarm, Record reading) {
        return state(
                alarm,
                readings(
                        Optional.of(reading).filter(Host.class::isInstance).map(Host.class::cast),
                        Optional.of(reading).filter(Container.class::isInstance).map(Container.class::cast),
                        Optional.of(reading).filter(Card.class::isInstance).map(Card.class::cast),
                        HEAP));
    }

    private static State state(Alarm alarm, Readings readings) {
        return alarm.judge(readings, Optional.empty()).orElseThrow().state();
    }

    private static Readings readings(
            Optional<Host> host, Optional<Container> container, Optional<Card> card, Heap heap) {
        return new Readings(host, container, card, Optional.empty(), heap);
    }
}
