package dev.darkroom.gpu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.darkroom.tensor.CardOperators;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What libtorch's profiler saw: Chrome's trace events, one a call of an operator, on the side of the host and on that of the card. */
final class Trace {
    /** All calls of one operator. */
    record Sum(String name, int calls, double milliseconds, double longest) {
        Sum and(Sum other) {
            return new Sum(
                    name, calls + other.calls, milliseconds + other.milliseconds, Math.max(longest, other.longest));
        }
    }

    private Trace() {}

    static void record(boolean card, Path trace, Runnable work) {
        CardOperators.profile(card, trace, work);
    }

    /** Sums the calls up, the costliest operator first. */
    static List<Sum> read(Path trace, boolean card) throws IOException {
        JsonNode told = new ObjectMapper().readTree(trace.toFile());
        Map<String, Sum> sums = new LinkedHashMap<>();
        for (JsonNode event : told.has("traceEvents") ? told.get("traceEvents") : told) {
            boolean onCard = (event.path("pid").asText() + event.path("cat").asText()).matches("(?i).*(cuda|kernel).*");
            if (event.path("ph").asText().equals("X") && onCard == card) {
                double time = event.path("dur").asDouble() / 1000;
                String name = event.path("name").asText();
                sums.merge(name, new Sum(name, 1, time, time), Sum::and);
            }
        }
        return sums.values().stream()
                .sorted(Comparator.comparingDouble(Sum::milliseconds).reversed())
                .toList();
    }
}
