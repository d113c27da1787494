package dev.darkroom.queue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.StreamSupport;

/**
 * Values that count as absent wherever they stand for an optional one: null and blank texts, for a list also one of nothing else, and for an
 * object one with nothing else in it. Forms, and programs that build requests from them, send so what their user has left empty.
 */
public final class Nothing {
    /** Fault of a value that must not be left empty. */
    static final String FAULT = "is empty";

    private Nothing() {}

    /** Returns true for null, a blank text, and what is missing. */
    public static boolean is(JsonNode value) {
        return value.isNull()
                || value.isMissingNode()
                || (value.isTextual() && value.asText().isBlank());
    }

    /** Returns true for a list that has nothing in it, or what {@link #is} nothing. */
    public static boolean isList(JsonNode value) {
        return is(value) || (value.isArray() && holdsNothing(value));
    }

    /** Returns true for an object that has nothing in it, or what {@link #is} nothing. */
    public static boolean isObject(JsonNode value) {
        return is(value) || (value.isObject() && holdsNothing(value));
    }

    private static boolean holdsNothing(JsonNode container) {
        return StreamSupport.stream(container.spliterator(), false).allMatch(Nothing::is);
    }
}
