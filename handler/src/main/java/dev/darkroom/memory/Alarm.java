package dev.darkroom.memory;

import static dev.darkroom.model.MemoryPlan.readable;

import dev.darkroom.memory.Growth.Since;
import dev.darkroom.memory.Readings.Card;
import dev.darkroom.memory.Readings.Container;
import dev.darkroom.memory.Readings.Heap;
import dev.darkroom.memory.Readings.Host;
import java.util.Locale;
import java.util.Optional;

/** The kinds of memory that may run out, each with its limit and what to do about it. */
public enum Alarm {
    HOST("set DARKROOM_MEMORY lower, serve fewer models, or stop other programs, before the system ends one of them"),
    CONTAINER("set DARKROOM_MEMORY lower or the container's limit higher, before the system ends the worker"),
    HEAP(
            "set DARKROOM_SOURCES_MEMORY and DARKROOM_HTTP_LARGEST_BODY lower, or give Java more heap (JAVA_TOOL_OPTIONS=-Xmx…)"),
    NATIVE("this looks like a leak: restart the worker when it is idle, and report it with this line"),
    DEVICE("set DARKROOM_MEMORY or DARKROOM_LIMITS_PIXELS lower, or see what else uses the card (nvidia-smi)");

    private static final long HOST_LEAST = 512L << 20;
    private static final long GROWTH_LEAST = 1L << 30;

    private final String remedy;

    Alarm(String remedy) {
        this.remedy = remedy;
    }

    /** How a kind of memory stands; it may be neither short nor ample, so that an alarm does not come and go. */
    enum State {
        SHORT,
        BETWEEN,
        AMPLE
    }

    /** What was found. */
    record Finding(State state, String measured) {}

    /** Judges one kind of memory; empty where it is not known. */
    Optional<Finding> judge(Readings readings, Optional<Since> growth) {
        return switch (this) {
            case HOST -> readings.host().map(Alarm::judge);
            case CONTAINER -> readings.container().map(Alarm::judge);
            case HEAP ->
                Optional.of(readings.heap()).filter(heap -> heap.max() > 0).map(Alarm::judge);
            case NATIVE -> growth.map(Alarm::judge);
            case DEVICE -> readings.card().map(Alarm::judge);
        };
    }

    private static Finding judge(Host host) {
        long least = Math.max(part(host.total(), 5), HOST_LEAST);
        return new Finding(
                least(host.available(), least, least + least / 4),
                "the machine has " + readable(host.available()) + " available of " + readable(host.total())
                        + ", the alarm is at " + readable(least));
    }

    private static Finding judge(Container container) {
        long most = part(container.max(), 92);
        return new Finding(
                most(container.used(), most, part(container.max(), 88)),
                "the container takes " + readable(container.used()) + " of " + readable(container.max())
                        + ", without files that the system can drop, the alarm is at " + readable(most));
    }

    private static Finding judge(Heap heap) {
        long most = part(heap.max(), 90);
        return new Finding(
                most(heap.collected(), most, part(heap.max(), 80)),
                "Java's heap held " + readable(heap.collected()) + " of " + readable(heap.max())
                        + " when garbage had been collected, the alarm is at " + readable(most));
    }

    private static Finding judge(Since growth) {
        long most = Math.max(part(growth.first(), 25), GROWTH_LEAST);
        return new Finding(
                most(growth.grown(), most, part(most, 80)),
                "memory outside of Java's heap, of models and of jobs has grown by "
                        + readable(Math.max(0, growth.grown())) + " since the first job, the alarm is at "
                        + readable(most));
    }

    /** A card that is as full as it is meant to be is not short: libtorch keeps what a peak took. */
    private static Finding judge(Card card) {
        long end = Math.max(0, Math.min(part(card.total(), 4), card.planned()));
        long least = Math.max(0, end - part(card.total(), 1));
        return new Finding(
                least(card.free(), least, end),
                "the card has " + readable(card.free()) + " free of " + readable(card.total())
                        + " beside what libtorch keeps, the alarm is at " + readable(least)
                        + (card.planned() == Long.MAX_VALUE ? "" : ", for the fullest plan leaves " + readable(card.planned())));
    }

    private static State most(long value, long alarm, long end) {
        return value > alarm ? State.SHORT : value <= end ? State.AMPLE : State.BETWEEN;
    }

    private static State least(long value, long alarm, long end) {
        return value < alarm ? State.SHORT : value >= end ? State.AMPLE : State.BETWEEN;
    }

    private static long part(long whole, int percent) {
        return whole / 100 * percent;
    }

    /** The line that says that memory runs short. */
    String warning(Finding finding) {
        return "memory runs short: " + finding.measured + ": " + remedy;
    }

    /** The line that says that there is enough again. */
    String end(Finding finding) {
        return "memory suffices again: " + finding.measured;
    }

    /** Name in metrics and in the worker's status. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
