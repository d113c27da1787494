package dev.darkroom.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * The meaning that the keys of one kind of config have here. A key is used; or it must have one of few values, for this is all that the
 * networks compute; or it has no effect, for a stated reason. Any other key is told in the log. Keys that begin with an underscore are
 * the libraries' own remarks.
 *
 * @param file the kind of config, as docs/checkpoints.md calls it
 * @param used keys that are read, and whose values count
 * @param fixed keys that must have one of these values, each of them a text, a whole number or a boolean; of a list, each item must
 * @param idle reasons for which keys have no effect, by key
 */
public record ConfigKeys(String file, List<String> used, Map<String, List<Object>> fixed, Map<String, String> idle) {
    public ConfigKeys {
        used = List.copyOf(used);
        fixed = Collections.unmodifiableMap(new LinkedHashMap<>(fixed));
        idle = Collections.unmodifiableMap(new LinkedHashMap<>(idle));
    }

    /** Names a kind of config of which no key is known yet. */
    public static ConfigKeys of(String file) {
        return new ConfigKeys(file, List.of(), Map.of(), Map.of());
    }

    /** Returns these keys as those of another kind of config, which has more. */
    public ConfigKeys named(String other) {
        return new ConfigKeys(other, used, fixed, idle);
    }

    /** Adds keys that are read. */
    public ConfigKeys uses(String... keys) {
        List<String> more = new ArrayList<>(used);
        more.addAll(List.of(keys));
        return new ConfigKeys(file, more, fixed, idle);
    }

    /** Adds a key that must have one of these values where it is there at all. */
    public ConfigKeys must(String key, Object... values) {
        Map<String, List<Object>> more = new LinkedHashMap<>(fixed);
        more.put(key, List.of(values));
        return new ConfigKeys(file, used, more, idle);
    }

    /** Adds keys that have no effect. */
    public ConfigKeys ignores(String reason, String... keys) {
        Map<String, String> more = new LinkedHashMap<>(idle);
        for (String key : keys) {
            more.put(key, reason);
        }
        return new ConfigKeys(file, used, fixed, more);
    }

    /** Returns true if this key has a meaning here, or is known to have none. */
    boolean knows(String key) {
        return isRead(key) || idle.containsKey(key) || key.startsWith("_");
    }

    /** Returns true if the value of this key counts. */
    boolean isRead(String key) {
        return used.contains(key) || fixed.containsKey(key);
    }

    /** Checks the values of the keys that must have certain ones, and returns the keys that are not known. */
    List<String> check(ConfigFile config, JsonNode object) {
        List<String> unknown = new ArrayList<>();
        object.properties().forEach(field -> {
            List<Object> allowed = fixed.get(field.getKey());
            if (allowed != null && !isOneOf(field.getValue(), allowed)) {
                boolean isSwitch =
                        allowed.equals(List.of(false)) && field.getValue().isBoolean();
                throw config.error(
                        field.getKey(),
                        isSwitch
                                ? "is not supported"
                                : "must be " + joined(allowed) + ", not " + shown(field.getValue()));
            }
            if (!knows(field.getKey())) {
                unknown.add(field.getKey());
            }
        });
        return unknown;
    }

    private static boolean isOneOf(JsonNode value, List<Object> allowed) {
        if (value.isArray() && !value.isEmpty()) {
            return StreamSupport.stream(value.spliterator(), false).allMatch(item -> isOneOf(item, allowed));
        }
        return value.isNull() || allowed.stream().anyMatch(one -> equal(value, one));
    }

    private static boolean equal(JsonNode value, Object one) {
        return switch (one) {
            case String text -> value.isTextual() && value.textValue().equals(text);
            case Boolean flag -> value.isBoolean() && value.booleanValue() == flag;
            case Number number -> value.isNumber() && value.doubleValue() == number.doubleValue();
            default -> throw new IllegalArgumentException("no value of a config: " + one);
        };
    }

    private static String joined(List<Object> values) {
        return String.join(" or ", values.stream().map(String::valueOf).toList());
    }

    /** A value as a message shows it: texts without quotes, and not more than a line. */
    static String shown(JsonNode value) {
        String text = value.isTextual() ? value.textValue() : value.toString();
        return text.length() <= 200 ? text : text.substring(0, 200) + "…";
    }
}
