package dev.darkroom.settings;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** The least and the most that make sense, of a number, or of a time in milliseconds. */
record Bounds(long least, long most) {
    private static final long MEBIBYTE = 1L << 20;
    private static final Duration FOR_EVER = Duration.ofDays(100_000);

    /** Bounds of numbers whose least is not one: a port is chosen by the system, a picture has 64 pixels a side. */
    private static final Map<String, Bounds> OF_NUMBERS = Map.of(
            "darkroom.port", new Bounds(0, 65_535),
            "darkroom.limits.side", new Bounds(64, Integer.MAX_VALUE),
            "darkroom.limits.pixels", new Bounds(64 * 64, Long.MAX_VALUE),
            "darkroom.http.most-kept", new Bounds(0, Integer.MAX_VALUE),
            "darkroom.hub.part-bytes", new Bounds(64 * 1024, Long.MAX_VALUE));

    private static final Map<String, Bounds> OF_TIMES =
            Map.of("darkroom.s3.expiry", new Bounds(1_000, Duration.ofDays(7).toMillis()));

    /** Times that nothing can be done in if they are zero; all other times are pauses, or how long something is kept. */
    private static final Set<String> NEVER_ZERO = Set.of("timeout", "ttl", "silence");

    /** Sizes of what holds many things, or large ones: a few bytes are a forgotten unit. */
    private static final Set<String> LARGE =
            Set.of("memory", "folder", "most-received", "most-bytes", "most-kept-bytes");

    /** Returns what a number may be. */
    static Bounds ofNumber(Setting setting, boolean isLong) {
        return OF_NUMBERS.getOrDefault(setting.property(), new Bounds(1, isLong ? Long.MAX_VALUE : Integer.MAX_VALUE));
    }

    /** Returns what a time may be. */
    static Bounds ofDuration(Setting setting) {
        boolean neverZero = NEVER_ZERO.stream().anyMatch(setting.property()::endsWith);
        return OF_TIMES.getOrDefault(setting.property(), new Bounds(neverZero ? 1 : 0, FOR_EVER.toMillis()));
    }

    /** Returns the least that a size may be, in bytes. */
    static long leastSize(Setting setting) {
        String name = setting.property().substring(setting.property().lastIndexOf('.') + 1);
        return LARGE.contains(name) ? MEBIBYTE : 1024;
    }

    boolean holds(Duration time) {
        return time.compareTo(Duration.ofMillis(least)) >= 0 && time.compareTo(Duration.ofMillis(most)) <= 0;
    }

    String ofNumbers() {
        return most == Integer.MAX_VALUE || most == Long.MAX_VALUE ? "from " + least : "from " + least + " to " + most;
    }

    String ofMilliseconds() {
        String from = least == 0 ? "not below 0" : "of at least " + text(least);
        return most == FOR_EVER.toMillis() ? from : from + " and at most " + text(most);
    }

    private static String text(long milliseconds) {
        if (milliseconds % 86_400_000 == 0) {
            return milliseconds / 86_400_000 + "d";
        }
        return milliseconds % 1_000 == 0 ? milliseconds / 1_000 + "s" : milliseconds + "ms";
    }
}
