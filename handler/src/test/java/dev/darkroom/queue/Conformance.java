package dev.darkroom.queue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** Says where a value is not as a JSON Schema has it. Knows the keywords that the schema of inputs uses, and refuses all others. */
final class Conformance {
    private static final Set<String> ANNOTATIONS =
            Set.of("$schema", "title", "description", "default", "deprecated", "x-aliases");

    private Conformance() {}

    static List<String> faults(JsonNode value, JsonNode schema) {
        List<String> faults = new ArrayList<>();
        for (Map.Entry<String, JsonNode> keyword : schema.properties()) {
            if (!ANNOTATIONS.contains(keyword.getKey())
                    && !holds(value, keyword.getKey(), keyword.getValue(), schema)) {
                faults.add(keyword.getKey() + " " + keyword.getValue() + " does not hold");
            }
        }
        value.properties().forEach(entry -> {
            for (JsonNode property : properties(entry.getKey(), schema)) {
                faults(entry.getValue(), property).forEach(fault -> faults.add(entry.getKey() + ": " + fault));
            }
        });
        return faults;
    }

    private static boolean holds(JsonNode value, String keyword, JsonNode rule, JsonNode schema) {
        return switch (keyword) {
            case "type" -> rule.isArray() ? all(rule).stream().anyMatch(type -> is(value, type)) : is(value, rule);
            case "enum" -> all(rule).contains(value);
            case "minimum" -> !value.isNumber() || value.doubleValue() >= rule.doubleValue();
            case "exclusiveMinimum" -> !value.isNumber() || value.doubleValue() > rule.doubleValue();
            case "maximum" -> !value.isNumber() || value.doubleValue() <= rule.doubleValue();
            case "maxLength" -> !value.isTextual() || value.asText().length() <= rule.asInt();
            case "pattern" ->
                !value.isTextual()
                        || Pattern.compile(rule.asText())
                                .matcher(value.asText())
                                .find();
            case "minItems" -> !value.isArray() || value.size() >= rule.asInt();
            case "maxItems" -> !value.isArray() || value.size() <= rule.asInt();
            case "items" ->
                !value.isArray()
                        || all(value).stream()
                                .allMatch(item -> faults(item, rule).isEmpty());
            case "prefixItems" ->
                IntStream.range(0, Math.min(value.isArray() ? value.size() : 0, rule.size()))
                        .allMatch(i -> faults(value.get(i), rule.get(i)).isEmpty());
            case "required" -> all(rule).stream().allMatch(name -> value.has(name.asText()));
            case "anyOf" ->
                all(rule).stream().anyMatch(option -> faults(value, option).isEmpty());
            case "not" -> !faults(value, rule).isEmpty();
            case "oneOf" ->
                all(rule).stream()
                                .filter(option -> faults(value, option).isEmpty())
                                .count()
                        == 1;
            case "additionalProperties" ->
                rule.asBoolean()
                        || value.properties().stream()
                                .noneMatch(entry ->
                                        properties(entry.getKey(), schema).isEmpty());
            case "properties", "patternProperties" -> true;
            default -> throw new AssertionError("this test does not know " + keyword);
        };
    }

    /** What a schema says of a property of that name. */
    private static List<JsonNode> properties(String name, JsonNode schema) {
        List<JsonNode> found = new ArrayList<>();
        if (schema.path("properties").has(name)) {
            found.add(schema.path("properties").path(name));
        }
        schema.path("patternProperties").properties().forEach(entry -> {
            if (Pattern.compile(entry.getKey()).matcher(name).find()) {
                found.add(entry.getValue());
            }
        });
        return found;
    }

    private static boolean is(JsonNode value, JsonNode type) {
        return switch (type.asText()) {
            case "null" -> value.isNull();
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "number" -> value.isNumber();
            case "integer" -> value.isNumber() && value.canConvertToExactIntegral();
            case "array" -> value.isArray();
            case "object" -> value.isObject();
            default -> throw new AssertionError("there is no type " + type);
        };
    }

    private static List<JsonNode> all(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }
}
