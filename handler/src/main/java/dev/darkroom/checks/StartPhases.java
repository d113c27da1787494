package dev.darkroom.checks;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The times that a start takes, by phase: {@code scripts} and {@code jvm} before there is Java, {@code framework}, and then what is lapped.
 * Safe for use by several threads, one after another.
 */
public final class StartPhases {
    /** Properties that entrypoint.sh sets: seconds since 1970 when it began, and when its checks were done. */
    private static final String BEGUN = "start.begun";

    private static final String CHECKED = "start.checked";

    private static volatile double mainSeconds;
    private static volatile long mainNanos;

    private final Map<String, Long> milliseconds = new LinkedHashMap<>();
    private long last = System.nanoTime();

    /** Notes that {@code main} begins. */
    public static void noteMain() {
        mainSeconds = System.currentTimeMillis() / 1e3;
        mainNanos = System.nanoTime();
    }

    /** Returns the phases of this process, whose framework is up now. */
    public static StartPhases ofProcess() {
        var phases = new StartPhases();
        phases.begin(System.getProperty(BEGUN, ""), System.getProperty(CHECKED, ""), mainSeconds, mainNanos);
        return phases;
    }

    /** Adds what was before this moment; what is not known is left out. */
    void begin(String begun, String checked, double main, long mainNano) {
        double began = seconds(begun);
        double left = seconds(checked);
        if (began > 0 && left > 0 && main > 0) {
            put("scripts", left - began);
            put("jvm", main - left);
        }
        if (main > 0) {
            put("framework", (last - mainNano) / 1e9);
        }
    }

    private static double seconds(String text) {
        try {
            return text.isEmpty() ? 0 : Double.parseDouble(text.replace(',', '.'));
        } catch (NumberFormatException e) {
            return 0; // this is for the log alone
        }
    }

    /** The clock may have been set meanwhile. */
    private void put(String phase, double seconds) {
        milliseconds.put(phase, Math.max(0, Math.round(seconds * 1e3)));
    }

    /** Adds the time since the last lap, or since this was created, to a phase. */
    public synchronized void lap(String phase) {
        long now = System.nanoTime();
        milliseconds.merge(phase, Math.round((now - last) / 1e6), Long::sum);
        last = now;
    }

    /** Returns milliseconds by phase, in order. */
    public synchronized Map<String, Long> milliseconds() {
        return Collections.unmodifiableMap(new LinkedHashMap<>(milliseconds));
    }

    /** Describes the phases in one line, such as {@code started in 1432 ms: scripts 110, jvm 60, …}. */
    @Override
    public synchronized String toString() {
        long all = milliseconds.values().stream().mapToLong(Long::longValue).sum();
        String each = milliseconds.entrySet().stream()
                .map(phase -> phase.getKey() + " " + phase.getValue())
                .collect(Collectors.joining(", "));
        long beside = EarlyOperators.milliseconds();
        return "started in " + all + " ms: " + each + (beside == 0 ? "" : "; libtorch took " + beside + " beside them");
    }
}
