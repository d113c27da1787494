package dev.darkroom.queue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Faults;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads an input field by field, under each of its names, and notes faults. What is {@link Nothing} is as good as absent. */
public final class FieldReader {
    /** Matches numbered names of further pictures, such as {@code image_url_2}, as some workers have them. */
    private static final Pattern NUMBERED = Pattern.compile("(.+)_([23])");

    /** Names listed at most; of further unknown fields only the number is given, which leaves room in the message for other faults. */
    private static final int MOST_UNKNOWN = 15;

    private final Fields fields;
    private final Faults faults;
    private final Map<String, Found> found = new HashMap<>();
    private final Map<Integer, Found> furtherImages = new HashMap<>();
    private final Set<String> empty = new HashSet<>();
    private final List<String> unknown = new ArrayList<>();

    /** A value under the name that the caller gave it. */
    public record Found(String name, JsonNode value) {}

    /** Sorts the fields of an input; faults of names are noted at once. */
    public FieldReader(ObjectNode input, Fields fields, Faults faults) {
        this.fields = fields;
        this.faults = faults;
        input.properties().forEach(entry -> sort(entry.getKey(), entry.getValue()));
    }

    private void sort(String name, JsonNode value) {
        Optional<Field> field = fields.called(name);
        Matcher numbered = NUMBERED.matcher(name);
        if (field.isPresent()) {
            note(field.get(), new Found(name, value));
        } else if (numbered.matches() && isImage(numbered.group(1))) {
            noteFurtherImage(Integer.parseInt(numbered.group(2)), new Found(name, value));
        } else {
            unknown.add(name);
        }
    }

    private void note(Field field, Found value) {
        if (field.isNothing(value.value())) {
            empty.add(field.name());
        } else {
            note(found, field.name(), value);
        }
    }

    private void noteFurtherImage(int number, Found value) {
        if (!Nothing.is(value.value())) {
            note(furtherImages, number, value);
        }
    }

    private <K> void note(Map<K, Found> known, K key, Found value) {
        Found other = known.putIfAbsent(key, value);
        if (other != null) {
            faults.add(value.name(), "is there as " + other.name() + " too: send one");
        }
    }

    private boolean isImage(String name) {
        return isImage(name, fields);
    }

    private static boolean isImage(String name, Fields fields) {
        return fields.called(name).filter(field -> field.name().equals("image")).isPresent();
    }

    /** Returns true for the numbered name of a further picture. */
    static boolean isFurtherImage(String name, Fields fields) {
        Matcher numbered = NUMBERED.matcher(name);
        return numbered.matches() && isImage(numbered.group(1), fields);
    }

    /** Lists the fields that this worker does not have, each with the nearest known name, or once with all known names. */
    List<String> unknownFields() {
        List<String> messages = new ArrayList<>();
        boolean listed = false;
        for (String name : unknown.subList(0, Math.min(unknown.size(), MOST_UNKNOWN))) {
            Optional<String> near = fields.nearest(name);
            String help = near.map(meant -> "; did you mean " + meant + "?").orElse("");
            if (near.isEmpty() && !listed) {
                help = "; there are " + String.join(", ", fields.names());
                listed = true;
            }
            messages.add(Faults.quoted(name) + ": is no field of this worker" + help);
        }
        if (unknown.size() > MOST_UNKNOWN) {
            messages.add("and " + (unknown.size() - MOST_UNKNOWN) + " more that are no fields of this worker");
        }
        return messages;
    }

    /** Shows a value in a message; the content of objects and lists is left out, as it may be a picture or a secret. */
    static String shown(JsonNode value) {
        if (value.isContainerNode()) {
            return value.isArray() ? "a list" : "an object";
        }
        return Faults.quoted(value);
    }

    /** Returns true if a field was sent with something in it. */
    public boolean has(String field) {
        return found.containsKey(field);
    }

    /** Returns true if a field was sent with nothing in it. */
    boolean isEmpty(String field) {
        return empty.contains(field) && !has(field);
    }

    /** Returns a field as it was sent, under the name that the caller used. */
    public Optional<Found> sent(String field) {
        return Optional.ofNullable(found.get(field));
    }

    /** Reads a text; null if it is absent or faulty. */
    public @Nullable String text(String field) {
        Found value = found.get(field);
        return value == null ? null : text(value.name(), value.value());
    }

    private @Nullable String text(String name, JsonNode value) {
        if (!value.isTextual()) {
            faults.add(name, "must be a text, not " + shown(value));
            return null;
        }
        return value.asText();
    }

    /** Reads a list of texts; empty if it is absent or faulty. */
    List<String> texts(String field, int most) {
        Found value = found.get(field);
        if (value == null) {
            return List.of();
        }
        String rule = "must be a list of 1 to " + most + " texts, not ";
        if (!value.value().isArray()) {
            faults.add(value.name(), rule + (value.value().isTextual() ? "one text" : shown(value.value())));
            return List.of();
        }
        int size = value.value().size();
        if (size < 1 || size > most) {
            faults.add(value.name(), rule + size);
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            String text = text(value.name() + "[" + i + "]", value.value().get(i));
            if (text != null) {
                texts.add(text);
            }
        }
        return texts;
    }

    /** Returns true if there is a picture in any of the fields for them, faulty or not. */
    boolean hasImages() {
        return has("image") || has("images") || !furtherImages.isEmpty();
    }

    /** Reads the pictures of a job, in order: {@code images}, or {@code image} and its numbered followers. */
    List<String> images(int most) {
        boolean single = has("image") || !furtherImages.isEmpty();
        faults.check(!single || !has("images"), "images", "cannot stand beside image: send one of them");
        if (has("images")) {
            return several("images", most);
        }
        List<String> images = new ArrayList<>();
        String first = text("image");
        if (first != null) {
            images.add(first);
        }
        furtherImages.keySet().stream().sorted().forEach(number -> {
            Found further = furtherImages.get(number);
            String text = further == null ? null : text(further.name(), further.value());
            if (text != null && further != null) {
                faults.check(has("image"), further.name(), "needs an image before it");
                images.add(text);
            }
        });
        return images;
    }

    /** Reads a list of pictures; places in it that were left empty are as good as absent. */
    private List<String> several(String field, int most) {
        Found value = found.get(field);
        if (value == null || !(value.value() instanceof ArrayNode list)) {
            return texts(field, most);
        }
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            String text = Nothing.is(list.get(i)) ? null : text(value.name() + "[" + i + "]", list.get(i));
            if (text != null) {
                texts.add(text);
            }
        }
        boolean fits = texts.size() <= most;
        faults.check(fits, value.name(), "must be a list of 1 to " + most + " texts, not " + texts.size());
        return fits ? texts : List.of();
    }

    /** Reads a whole number in its range. The comparison comes before the conversion to int, where 2³² + 4 would be 4. */
    public Optional<Integer> count(String field) {
        Found value = found.get(field);
        if (value == null || !(fields.named(field).type() instanceof Field.Whole range)) {
            return Optional.empty();
        }
        Optional<Long> number = whole(field);
        faults.range(value.name(), number.orElse(null), (double) range.least(), (double) range.most());
        return number.filter(n -> n >= range.least() && n <= range.most()).map(Long::intValue);
    }

    Optional<Long> whole(String field) {
        Found value = found.get(field);
        if (value == null) {
            return Optional.empty();
        }
        JsonNode number = value.value();
        boolean whole = number.isNumber() && number.canConvertToExactIntegral() && number.canConvertToLong();
        faults.check(whole, value.name(), "must be a whole number, not " + shown(number));
        return whole ? Optional.of(number.longValue()) : Optional.empty();
    }

    @Nullable
    Double decimal(String field) {
        Found value = found.get(field);
        if (value == null) {
            return null;
        }
        boolean number =
                value.value().isNumber() && Double.isFinite(value.value().doubleValue());
        faults.check(number, value.name(), "must be a number, not " + shown(value.value()));
        return number ? value.value().doubleValue() : null;
    }

    /** Reads true or false; empty if it is absent or faulty. */
    public Optional<Boolean> flag(String field) {
        Found value = found.get(field);
        if (value == null) {
            return Optional.empty();
        }
        faults.check(value.value().isBoolean(), value.name(), "must be true or false, not " + shown(value.value()));
        return value.value().isBoolean() ? Optional.of(value.value().booleanValue()) : Optional.empty();
    }

    /** Reads one of the field's words, in lower case. */
    public Optional<String> choice(String field) {
        String text = text(field);
        Found value = found.get(field);
        if (text == null || value == null || !(fields.named(field).type() instanceof Field.Choice choice)) {
            return Optional.empty();
        }
        Optional<String> chosen = choice.values().stream()
                .filter(word -> word.equalsIgnoreCase(text.strip()))
                .findFirst();
        faults.check(
                chosen.isPresent(),
                value.name(),
                "must be one of " + String.join(", ", choice.values()) + ", not " + Faults.quoted(text));
        return chosen;
    }

    /** Reads a number that some callers send as a text: {@code "0.25"}. */
    @Nullable
    Double decimalOrText(String field) {
        Found value = found.get(field);
        if (value == null || !value.value().isTextual()) {
            return decimal(field);
        }
        try {
            double number = Double.parseDouble(value.value().asText());
            if (Double.isFinite(number)) {
                return number;
            }
        } catch (NumberFormatException e) {
            // noted below
        }
        faults.add(value.name(), "must be a number, not " + shown(value.value()));
        return null;
    }
}
