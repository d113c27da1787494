package dev.darkroom.queue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.darkroom.job.Faults;
import dev.darkroom.job.JobException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Makes a request, as JSON would have it, from the fields of a form: files become base64, and texts what the field of that name is. What
 * does not fit its field stays a text, so that the one who reads the request refuses it as any other.
 */
public final class FormRequest {
    private static final Set<String> BESIDE_INPUT = Set.of("webhook", "policy", "s3Config");
    private static final Pattern NUMBER = Pattern.compile("-?(0|[1-9]\\d{0,30})(\\.\\d{1,30})?([eE][+-]?\\d{1,3})?");

    private final Function<String, Optional<Field.Type>> types;
    private final Faults faults = new Faults();
    private final ObjectNode request = JobJson.object();
    private final ObjectNode input = request.putObject("input");

    /**
     * A field of a form.
     *
     * @param file its name on the caller's machine, if it is a file
     */
    public record Part(
            String name, byte[] content, @Nullable String file) {
        /** Returns true for the field of a file that nobody chose. */
        boolean isNotChosen() {
            return file != null && file.isEmpty() && content.length == 0;
        }
    }

    private FormRequest(Function<String, Optional<Field.Type>> types) {
        this.types = types;
    }

    /**
     * Makes the request.
     *
     * @throws JobException that names the fields which cannot be read at all
     */
    public static ObjectNode of(List<Part> parts, PayloadReader reader) {
        return of(parts, reader.fields()::typeOf);
    }

    /**
     * Makes the request of a form whose fields are not those of this worker alone.
     *
     * @param types what the field of a name is; empty if there is none of that name
     * @throws JobException that names the fields which cannot be read at all
     */
    public static ObjectNode of(List<Part> parts, Function<String, Optional<Field.Type>> types) {
        var form = new FormRequest(types);
        Map<String, List<Part>> byName = new LinkedHashMap<>();
        for (Part part : parts) {
            if (!part.isNotChosen()) {
                byName.computeIfAbsent(part.name().replaceFirst("\\[]$", ""), name -> new ArrayList<>())
                        .add(part);
            }
        }
        byName.forEach(form::read);
        form.faults.refuse();
        return form.request;
    }

    private void read(String name, List<Part> parts) {
        if (name.equals("input")) {
            single(name, parts).flatMap(part -> text(name, part)).ifPresent(this::addInput);
        } else if (BESIDE_INPUT.contains(name)) {
            single(name, parts)
                    .flatMap(part -> text(name, part))
                    .ifPresent(text -> request.set(name, name.equals("webhook") ? TextNode.valueOf(text) : json(text)));
        } else {
            add(name, value(name, parts));
        }
    }

    private void addInput(String text) {
        if (json(text) instanceof ObjectNode more) {
            more.properties().forEach(field -> add(field.getKey(), field.getValue()));
        } else {
            faults.add("input", "must be a JSON object, such as {\"prompt\": \"a red circle\"}");
        }
    }

    private void add(String name, JsonNode value) {
        faults.check(!input.has(name), name, "is there twice, in input and beside it: send one");
        input.set(name, value);
    }

    private JsonNode value(String name, List<Part> parts) {
        Optional<Field.Type> type = types.apply(name);
        if (type.isEmpty()) {
            return TextNode.valueOf(""); // its name alone is refused, or noted
        }
        return switch (type.get()) {
            case Field.Texts list -> list(name, list, parts);
            case Field.Images list -> list(name, list, parts);
            case Field.Decimals list -> list(name, list, parts);
            case Field.Loras list -> list(name, list, parts);
            case Field.Text one -> single(name, one, parts);
            case Field.Whole one -> single(name, one, parts);
            case Field.Decimal one -> single(name, one, parts);
            case Field.Flag one -> single(name, one, parts);
            case Field.Choice one -> single(name, one, parts);
            case Field.Dimensions one -> single(name, one, parts);
            case Field.Image one -> single(name, one, parts);
            case Field.Schedule one -> single(name, one, parts);
            case Field.Frame one -> single(name, one, parts);
            case Field.Settings one -> single(name, one, parts);
        };
    }

    private JsonNode single(String name, Field.Type type, List<Part> parts) {
        return single(name, parts).map(part -> value(name, type, part)).orElse(NullNode.instance);
    }

    private Optional<Part> single(String name, List<Part> parts) {
        if (parts.size() > 1) {
            faults.add(name, "is there " + parts.size() + " times: send one");
            return Optional.empty();
        }
        return Optional.of(parts.getFirst());
    }

    /** Reads a list from a field that is there several times, or once with JSON in it. */
    private JsonNode list(String name, Field.Type type, List<Part> parts) {
        if (parts.size() == 1 && parts.getFirst().file() == null) {
            JsonNode one = value(name, type, parts.getFirst());
            if (one.isNull()) {
                return one;
            }
            JsonNode list = one.isTextual() ? json(one.textValue()) : one;
            if (list.isContainerNode()) {
                return list;
            }
        }
        ArrayNode list = JobJson.MAPPER.createArrayNode();
        for (int i = 0; i < parts.size(); i++) {
            list.add(value(name + "[" + i + "]", type, parts.get(i)));
        }
        return list;
    }

    private JsonNode value(String name, Field.Type type, Part part) {
        boolean picture = type instanceof Field.Image || type instanceof Field.Images;
        if (picture && (part.file() != null || utf8(part.content()).isEmpty())) {
            faults.check(part.content().length > 0, name, "the file is empty");
            return TextNode.valueOf("data:;base64," + Base64.getEncoder().encodeToString(part.content()));
        }
        faults.check(part.file() == null, name, "must be sent as text, not as a file");
        if (part.file() != null) {
            return NullNode.instance;
        }
        Optional<String> text = text(name, part);
        if (text.isEmpty()) {
            return NullNode.instance;
        }
        return switch (type) {
            case Field.Text ignored -> TextNode.valueOf(text.get());
            case Field.Texts ignored -> TextNode.valueOf(text.get());
            case Field.Whole ignored -> number(text.get());
            case Field.Decimal ignored -> number(text.get());
            case Field.Decimals ignored -> number(text.get());
            case Field.Flag ignored -> flag(text.get());
            case Field.Loras ignored -> text.get().isBlank() ? NullNode.instance : json(text.get());
            case Field.Settings ignored -> text.get().isBlank() ? NullNode.instance : json(text.get());
            case Field.Schedule ignored -> orNull(text.get());
            case Field.Frame ignored -> orNull(text.get());
            case Field.Choice ignored -> orNull(text.get());
            case Field.Dimensions ignored -> orNull(text.get());
            case Field.Image ignored -> orNull(text.get());
            case Field.Images ignored -> orNull(text.get());
        };
    }

    /** A form sends fields that were left empty. */
    private static JsonNode orNull(String text) {
        return text.isBlank() ? NullNode.instance : TextNode.valueOf(text);
    }

    private static JsonNode number(String text) {
        return NUMBER.matcher(text.strip()).matches() ? json(text.strip(), true) : orNull(text);
    }

    private static JsonNode flag(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true" -> BooleanNode.TRUE;
            case "false" -> BooleanNode.FALSE;
            default -> orNull(text);
        };
    }

    /** Reads an object or a list; any other text stays one. */
    private static JsonNode json(String text) {
        return json(
                text, text.stripLeading().startsWith("{") || text.stripLeading().startsWith("["));
    }

    private static JsonNode json(String text, boolean isJson) {
        try {
            return isJson ? JobJson.MAPPER.readTree(text) : TextNode.valueOf(text);
        } catch (JsonProcessingException e) {
            return TextNode.valueOf(text);
        }
    }

    private Optional<String> text(String name, Part part) {
        Optional<String> text = utf8(part.content());
        faults.check(text.isPresent(), name, "must be text in UTF-8");
        return text;
    }

    private static Optional<String> utf8(byte[] content) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }
}
