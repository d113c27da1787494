package dev.darkroom.hub.progress;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Shows how far a download is, or the reading of weights, with its rate and the time that is left: as a bar on a terminal, otherwise as a line every few seconds, also
 * while nothing comes. Safe for several threads.
 */
public final class ByteProgress implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ByteProgress.class);
    private static final Duration BETWEEN_DRAWINGS = Duration.ofMillis(200);
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);

    /** Less is over before anybody could read it. */
    private static final long LEAST_BYTES = 4_000_000;

    private static final int BAR = 24;

    private final String doing;
    private final String what;
    private final @Nullable LongSupplier counted;
    private final long total;
    private final Optional<Terminal> terminal;
    private final LongSupplier nanos;
    private final Pace pace = new Pace();
    private final ScheduledExecutorService ticks = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("download progress").factory());
    private long come;
    private long heard;

    /**
     * Begins to show a download.
     *
     * @param total bytes that are still to come
     * @param terminal on which a bar is drawn; empty for lines in the log
     */
    public ByteProgress(String what, long total, Optional<Terminal> terminal) {
        this("downloading", what, total, null, terminal, System::nanoTime);
        begin();
    }

    /**
     * Begins to show something whose bytes another counts.
     *
     * @param doing in one word, such as {@code loading}
     * @param total bytes in all
     * @param counted bytes so far; asked on another thread
     * @param terminal on which a bar is drawn; empty for lines in the log
     */
    public ByteProgress(String doing, String what, long total, LongSupplier counted, Optional<Terminal> terminal) {
        this(doing, what, total, counted, terminal, System::nanoTime);
        begin();
    }

    private void begin() {
        if (total >= LEAST_BYTES) {
            long between = terminal.isPresent() ? BETWEEN_DRAWINGS.toMillis() : BETWEEN_LINES.toMillis();
            var unused = ticks.scheduleWithFixedDelay(this::show, between, between, TimeUnit.MILLISECONDS);
        }
    }

    /** Makes one that shows only when it is told to. */
    ByteProgress(
            String doing,
            String what,
            long total,
            @Nullable LongSupplier counted,
            Optional<Terminal> terminal,
            LongSupplier nanos) {
        this.doing = doing;
        this.what = what;
        this.counted = counted;
        this.total = total;
        this.terminal = terminal;
        this.nanos = nanos;
        this.heard = nanos.getAsLong();
        pace.note(heard, 0);
    }

    /** Counts bytes that came. */
    public synchronized void add(int bytes) {
        come += bytes;
        heard = nanos.getAsLong();
    }

    /** Has something said in the log, with the bar out of its way. */
    public synchronized void aside(Runnable saying) {
        terminal.ifPresent(Terminal::clear);
        saying.run();
    }

    /** Draws the bar, or writes a line. */
    synchronized void show() {
        count();
        pace.note(nanos.getAsLong(), come);
        terminal.ifPresentOrElse(screen -> screen.draw(bar()), () -> LOG.info(line()));
    }

    private void count() {
        long now = counted == null ? come : counted.getAsLong();
        if (now != come) {
            come = now;
            heard = nanos.getAsLong();
        }
    }

    /** Returns the line for a log. */
    String line() {
        return String.format(
                Locale.ROOT, "%s %s: %d %% of %d MB, %s", doing, what, percent(), total / 1_000_000, pacing());
    }

    /** Returns the line for a terminal. */
    String bar() {
        int full = Math.toIntExact(BAR * Math.min(come, total) / Math.max(1, total));
        return String.format(
                Locale.ROOT,
                "%3d %% [%s%s] %s of %s, %s  %s",
                percent(),
                "=".repeat(full),
                " ".repeat(BAR - full),
                size(Math.min(come, total)),
                size(total),
                pacing(),
                what);
    }

    private long percent() {
        return Math.min(100, 100 * come / Math.max(1, total));
    }

    private String pacing() {
        long silent = (nanos.getAsLong() - heard) / 1_000_000_000;
        if (silent >= BETWEEN_LINES.toSeconds()) {
            return "nothing came for " + silent + " s";
        }
        return Math.round(pace.bytesPerSecond() / 1e6) + " MB/s"
                + pace.timeFor(Math.max(0, total - come))
                        .map(left -> ", " + clock(left) + " left")
                        .orElse("");
    }

    private static String size(long bytes) {
        return bytes < 1_000_000_000 ? bytes / 1_000_000 + " MB" : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }

    /** Returns minutes and seconds, and hours where there are any. */
    private static String clock(Duration time) {
        return time.toHours() > 0
                ? String.format(Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart())
                : String.format(Locale.ROOT, "%d:%02d", time.toMinutes(), time.toSecondsPart());
    }

    /** Removes the bar. */
    @Override
    public synchronized void close() {
        ticks.shutdownNow();
        if (total >= LEAST_BYTES) {
            terminal.ifPresent(Terminal::clear);
        }
    }
}
