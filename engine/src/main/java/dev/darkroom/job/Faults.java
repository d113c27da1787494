package dev.darkroom.job;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Collects everything that is wrong with a payload, so that a caller reads all of it in one message. */
public final class Faults {
    private static final int MOST_LISTED = 20;
    private static final int LONGEST_QUOTE = 60;

    private final List<String> messages = new ArrayList<>();

    /** A caller's own words in a message: short, and without control characters. */
    public static String quoted(Object value) {
        return quoted(value, LONGEST_QUOTE);
    }

    /** The same with another bound, for words whose ends tell them apart. */
    public static String quoted(Object value, int longest) {
        String text = String.valueOf(value);
        boolean whole = text.codePointCount(0, Math.min(text.length(), 2 * longest)) <= longest;
        String start = whole ? text : text.substring(0, text.offsetByCodePoints(0, longest));
        return start.replaceAll("\\p{Cntrl}", " ") + (whole ? "" : "…");
    }

    /** Several of a caller's words, the first twenty of them. */
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

    /** Notes a fault of a number that is there and outside of its range, ends included. */
    public Faults range(String field, @Nullable Number value, double least, double most) {
        return check(
                value == null || (value.doubleValue() >= least && value.doubleValue() <= most),
                field,
                "must be from " + plain(least) + " to " + plain(most) + ", not " + value);
    }

    /** Makes a value whose constructor may refuse, and notes why if it does. */
    public <T> Optional<T> gather(Supplier<T> constructor) {
        try {
            return Optional.of(constructor.get());
        } catch (JobException e) {
            messages.add(String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /** Notes why something refuses the job, if it does. */
    public Faults unless(Runnable check) {
        try {
            check.run();
        } catch (JobException e) {
            messages.add(String.valueOf(e.getMessage()));
        }
        return this;
    }

    /** Refuses the job if there was a fault. */
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
