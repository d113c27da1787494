package dev.darkroom.memory;

import dev.darkroom.memory.Alarm.Finding;
import dev.darkroom.memory.Alarm.State;
import dev.darkroom.memory.Growth.Since;
import dev.darkroom.memory.Readings.Card;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Reads now and then how much memory is taken, and warns before it runs out: a line when a limit is passed, and one when there is enough
 * again. Those who want to know read what was found last: they never wait for a driver.
 */
public final class MemoryWatch implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(MemoryWatch.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

    private final SystemFiles files;
    private final Supplier<Optional<Card>> card;
    private final Supplier<Held> held;
    private final Growth growth = new Growth();
    private final Set<Alarm> raised = EnumSet.noneOf(Alarm.class);
    private final Map<Alarm, Long> counts = new ConcurrentHashMap<>();
    private final Thread thread;
    private volatile Seen seen = new Seen(
            new Readings(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), JavaHeap.read()),
            0,
            0,
            Long.MAX_VALUE,
            Set.of());

    /**
     * What was found last, and the extremes since the start.
     *
     * @param mostResident most bytes of the process in memory
     * @param mostOffHeap most of them outside of Java's heap
     * @param leastFree fewest bytes that the card had free; {@link Long#MAX_VALUE} without a card
     * @param alarms kinds of memory that are short
     */
    public record Seen(Readings now, long mostResident, long mostOffHeap, long leastFree, Set<Alarm> alarms) {}

    MemoryWatch(SystemFiles files, Supplier<Optional<Card>> card, Supplier<Held> held, Duration every) {
        this.files = files;
        this.card = card;
        this.held = held;
        this.thread = Thread.ofPlatform().daemon().name("memory-watch").unstarted(() -> watch(every));
    }

    /**
     * Looks once, and begins to look every few seconds.
     *
     * @param card reads the card's memory; empty if there is none
     * @param held says what the worker means to have in memory
     */
    public static MemoryWatch start(Supplier<Optional<Card>> card, Supplier<Held> held) {
        return start(new SystemFiles(), card, held, BETWEEN_LOOKS);
    }

    static MemoryWatch start(SystemFiles files, Supplier<Optional<Card>> card, Supplier<Held> held, Duration every) {
        var watch = new MemoryWatch(files, card, held, every);
        watch.look();
        watch.thread.start();
        return watch;
    }

    private void watch(Duration every) {
        try {
            while (true) {
                Thread.sleep(every);
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reads once; what cannot be read is left out, for the worker lives on without it. */
    void look() {
        try {
            note(new Readings(files.host(), files.container(), card(), files.process(), JavaHeap.read()), held.get());
        } catch (RuntimeException | Error e) {
            LOG.debug("memory was not looked at", e);
        }
    }

    /** A card that is lost does not answer. */
    private Optional<Card> card() {
        try {
            return card.get();
        } catch (RuntimeException e) {
            LOG.debug("the card's memory is not known", e);
            return Optional.empty();
        }
    }

    /** Takes note of readings, and raises and ends alarms. */
    void note(Readings now, Held held) {
        Optional<Since> grown = growth.look(now, held);
        for (Alarm alarm : Alarm.values()) {
            alarm.judge(now, grown).ifPresent(finding -> note(alarm, finding));
        }
        seen = new Seen(
                now,
                Math.max(
                        seen.mostResident,
                        now.process().map(Readings.Process::resident).orElse(0L)),
                Math.max(seen.mostOffHeap, now.offHeap().orElse(0L)),
                Math.min(seen.leastFree, now.card().map(Card::free).orElse(Long.MAX_VALUE)),
                Set.copyOf(raised));
    }

    private void note(Alarm alarm, Finding finding) {
        if (finding.state() == State.SHORT && raised.add(alarm)) {
            counts.merge(alarm, 1L, Long::sum);
            LOG.warn(alarm.warning(finding));
        } else if (finding.state() == State.AMPLE && raised.remove(alarm)) {
            LOG.info(alarm.end(finding));
        }
    }

    /** Returns what was found last. */
    public Seen seen() {
        return seen;
    }

    /** Returns how often an alarm was raised. */
    public long count(Alarm alarm) {
        return counts.getOrDefault(alarm, 0L);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
