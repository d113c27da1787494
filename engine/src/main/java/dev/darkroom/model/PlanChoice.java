package dev.darkroom.model;

import dev.darkroom.weights.Holding;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What whoever runs a worker has chosen of its memory plan: nothing, one way to hold all networks, or ways for some components by name.
 *
 * @param all the way for all that {@code some} does not name; empty for the planner's own
 */
public record PlanChoice(Optional<Way> all, Map<String, Way> some) {
    /** The planner chooses. */
    public static final PlanChoice AUTO = new PlanChoice(Optional.empty(), Map.of());

    private static final String FORM = "must be auto, resident, streamed or cpu, or such for components, as in "
            + "transformer=streamed:12,text_encoder=cpu, where 12 blocks stay on the card";

    private static final Pattern STREAMED = Pattern.compile("streamed(?::(\\d{1,4}))?");

    public PlanChoice {
        some = Map.copyOf(some);
    }

    /** A way to hold a network. */
    public sealed interface Way {
        /** Computes on the card. */
        record OnCard(Holding holding) implements Way {}

        /** Computes on the CPU. */
        record OnCpu() implements Way {}
    }

    /**
     * Reads a choice.
     *
     * @throws IllegalArgumentException that says what may stand there
     */
    public static PlanChoice parse(String text) {
        Optional<Way> all = Optional.empty();
        Map<String, Way> some = new LinkedHashMap<>();
        boolean first = true;
        for (String part : Arrays.stream(text.split(",", -1)).map(String::strip).toList()) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                if (some.put(
                                part.substring(0, equals).strip(),
                                way(part.substring(equals + 1).strip(), text))
                        != null) {
                    throw new IllegalArgumentException(FORM + "; '" + text + "' names a component twice");
                }
            } else if (!first) {
                throw new IllegalArgumentException(FORM + ", not '" + text + "'");
            } else if (!part.equals("auto")) {
                all = Optional.of(way(part, text));
            }
            first = false;
        }
        return new PlanChoice(all, some);
    }

    private static Way way(String word, String text) {
        Matcher streamed = STREAMED.matcher(word);
        if (word.equals("resident")) {
            return new Way.OnCard(Holding.RESIDENT);
        }
        if (word.equals("cpu")) {
            return new Way.OnCpu();
        }
        if (streamed.matches()) {
            String blocks = streamed.group(1);
            return new Way.OnCard(Holding.streamed(blocks == null ? 0 : Integer.parseInt(blocks)));
        }
        throw new IllegalArgumentException(FORM + ", not '" + text + "'");
    }

    /** The way that was chosen for a component. */
    Optional<Way> of(String component) {
        return Optional.ofNullable(some.get(component)).or(() -> all);
    }
}
