package dev.darkroom.tally;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.stream.StreamSupport;

/** What was measured on an H100, as {@code measured.json} has it, for forecasts to be compared with. */
public final class Measured {
    private static final JsonNode H100 = read().path("h100");

    private Measured() {}

    /** The only card that was measured, as {@link Card} names it. */
    public static final String CARD = "h100";

    private static JsonNode read() {
        try (InputStream in = Objects.requireNonNull(Measured.class.getResourceAsStream("/measured.json"))) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** When, and with which libraries. */
    public static String when() {
        return H100.path("when").asText();
    }

    /** All of one kind: {@code products} or {@code attention}. */
    static Iterable<JsonNode> all(String kind) {
        return H100.path(kind);
    }

    /** Milliseconds of a step with kernels of our own, at a size such as {@code 1024x1024}; empty where nothing was measured. */
    public static OptionalDouble withKernels(String model, String size) {
        return of(model, size, "with_kernels_ms");
    }

    /** Milliseconds of a step by the operators' text alone; empty where nothing was measured. */
    public static OptionalDouble byText(String model, String size) {
        return of(model, size, "ms");
    }

    private static OptionalDouble of(String model, String size, String what) {
        return StreamSupport.stream(H100.path("steps").spliterator(), false)
                .filter(step -> step.path("model").asText().equals(model)
                        && step.path("size").asText().equals(size))
                .filter(step -> step.has(what))
                .mapToDouble(step -> step.path(what).asDouble())
                .findFirst();
    }
}
