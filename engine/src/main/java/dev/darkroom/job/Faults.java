package dev.darkroom.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Collects all faults of a payload, so that a caller reads them in one message. */
public final class Faults {
    private static final int MOST_LISTED = 20;
    private static final int LONGEST_QUOTE = 60;

    private final List<String> messages = new ArrayList<>();

    /** Quotes a caller's own words in a message: short, and without control characters. */
    public static String quoted(Object value) {
        return quoted(value, LONGEST_QUOTE);
    }

    /** Quotes a caller's own words in a message, up to {@code longest} characters, for words that differ only at their ends. */
    public static String quoted(Object value, int longest) {
        String text = String.valueOf(value);
        boolean whole = text.codePointCount(0, Math.min(text.length(), 2 * longest)) <= longest;
        String start = whole ? text : text.substring(0, text.offsetByCodePoints(0, longest));
        return start.replaceAll("\\p{Cntrl}", " ") + (whole ? "" : "…");
    }

    /** Quotes several of a caller's words, the first twenty of them. */
    public static String quoted(List<String> values) {
        String listed = values.stream()
                .limit(MOST_LISTED)
                .map(value -> quoted((Object) value))
                .collect(Collectors.joining(", "));
        int more = values.size() - MOST_LISTED;
        return more > 0 ? listed + " and " + more + " more" : listed;
    }

    /** Notes a fault whose message names its field already. */
    public void add(String message) {
        messages.add(message);
    }

    /** Notes a fault of a field. */
    public void add(String field, String rule) {
        messages.add(field + ": " + rule);
    }

    /** Notes a fault of a field unless {@code holds}. */
    public Faults check(boolean holds, String field, String rule) {
        if (!holds) {
            add(field, rule);
        }
        return this;
    }

    /** Notes a fault of a number that is not null and outside of {@code least … most}, ends included. */
    public Faults range(String field, @Nullable Number value, double least, double most) {
        return check(
                value == null || (value.doubleValue() >= least && value.doubleValue() <= most),
                field,
                "must be from " + plain(least) + " to " + plain(most) + ", not " + value);
    }

    /** Makes a value whose constructor may throw a {@link JobException}, and notes its message as a fault if it does. */
    public <T> Optional<T> gather(Supplier<T> constructor) {
        try {
            return Optional.of(constructor.get());
        } catch (JobException e) {
            messages.add(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** Runs a check that may throw a {@link JobException}, and notes its message as a fault if it does. */
    public Faults unless(Runnable check) {
        try {
            check.run();
        } catch (JobException e) {
            messages.add(String.valueOf(e.getMessage()));
        }
        return this;
    }

    /**
     * Throws if there was a fault.
     *
     * @throws JobException with {@link JobException.Code#BAD_INPUT}, that lists the first twenty faults
     */
    public void refuse() {
        if (!messages.isEmpty()) {
            String listed = String.join("; ", messages.subList(0, Math.min(messages.size(), MOST_LISTED)));
            int more = messages.size() - MOST_LISTED;
            throw JobException.badInput(more > 0 ? listed + "; and " + more + " more" : listed);
        }
    }

    private static String plain(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }
}
