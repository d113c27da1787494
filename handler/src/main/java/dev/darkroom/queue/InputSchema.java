package dev.darkroom.queue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.ValueNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Builds the JSON Schema of a job's input from the fields that read it. */
public final class InputSchema {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    /** Defaults of absent fields, but for those that the model decides. */
    private static final Map<String, ValueNode> DEFAULTS = Map.of(
            "num_outputs", JSON.numberNode(1),
            "go_fast", JSON.booleanNode(false),
            "output_quality", JSON.numberNode(90),
            "return", JSON.textNode("auto"),
            "strip_metadata", JSON.booleanNode(false),
            "keep_on_cancel", JSON.booleanNode(false));

    static final String ANY_CASE = " Capital letters do as well.";

    private InputSchema() {}

    /** Builds the schema for this worker's settings, in the dialect of 2020-12. */
    public static ObjectNode of(PayloadReader reader) {
        ObjectNode schema = JobJson.object()
                .put("$schema", "https://json-schema.org/draft/2020-12/schema")
                .put("title", "Input of a Darkroom job")
                .put(
                        "description",
                        "Optional fields may also be left empty: null, \"\", [] and {} count as absent, but in negative_prompt.")
                .put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        for (Field field : reader.fields().all()) {
            properties.set(field.name(), named(field));
            field.aliases().forEach(alias -> properties.set(alias, alias(field)));
        }
        Field image = reader.fields().named("image");
        schema.putObject("patternProperties")
                .set(
                        furtherImages(image),
                        type(image.type())
                                .put("description", "Further pictures, numbered; see images.")
                                .put("deprecated", true));
        ObjectNode prompt = isThere("prompt", "string");
        ObjectNode several = isThere("prompts", "array");
        schema.putArray("oneOf").add(prompt).add(several).add(ofFrames(prompt, several));
        schema.put("additionalProperties", !reader.refusesUnknownFields());
        return schema;
    }

    /** An animation may have its prompts by frames, in the place of these. */
    private static ObjectNode ofFrames(ObjectNode prompt, ObjectNode several) {
        ObjectNode instead = JobJson.object();
        instead.putObject("not").putArray("anyOf").add(prompt).add(several);
        instead.putArray("anyOf").add(isThere("animation_prompts", "object")).add(isThere("settings", "object"));
        return instead;
    }

    /** Null is as good as absent. */
    private static ObjectNode isThere(String name, String type) {
        ObjectNode condition = JobJson.object();
        condition.putArray("required").add(name);
        condition.putObject("properties").putObject(name).put("type", type);
        return condition;
    }

    private static ObjectNode named(Field field) {
        String meaning = field.type() instanceof Field.Choice ? field.meaning() + ANY_CASE : field.meaning();
        ObjectNode property = type(field.type()).put("description", meaning);
        if (DEFAULTS.containsKey(field.name())) {
            property.set("default", DEFAULTS.get(field.name()));
        }
        if (!field.aliases().isEmpty()) {
            ArrayNode aliases = property.putArray("x-aliases");
            field.aliases().forEach(aliases::add);
        }
        return property;
    }

    private static ObjectNode alias(Field field) {
        return type(field.type())
                .put("description", "The same as " + field.name() + "; send one of them.")
                .put("deprecated", true);
    }

    private static String furtherImages(Field image) {
        return image.aliases().stream().collect(Collectors.joining("|", "^(" + image.name() + "|", ")_[23]$"));
    }

    private static ObjectNode type(Field.Type type) {
        return switch (type) {
            case Field.Text text -> nullable("string").put("maxLength", text.longest());
            case Field.Texts texts ->
                list(
                        texts.least(),
                        texts.most(),
                        JobJson.object().put("type", "string").put("maxLength", texts.longest()));
            case Field.Whole whole ->
                nullable("integer").put("minimum", whole.least()).put("maximum", whole.most());
            case Field.Decimal decimal ->
                nullable(decimal.orText() ? List.of("number", "string") : List.of("number"))
                        .put(decimal.open() ? "exclusiveMinimum" : "minimum", decimal.least())
                        .put("maximum", decimal.most());
            case Field.Flag ignored -> nullable("boolean");
            case Field.Choice choice -> {
                ObjectNode node = nullable("string");
                ArrayNode values = node.putArray("enum");
                choice.values().forEach(values::add);
                values.addNull();
                yield node;
            }
            case Field.Dimensions ignored -> nullable("string").put("pattern", "^\\d{1,5}\\s*[x*×]\\s*\\d{1,5}$");
            case Field.Image ignored -> nullable("string");
            case Field.Schedule ignored -> nullable(List.of("string", "number"));
            case Field.Frame ignored -> nullable(List.of("string", "integer"));
            case Field.Settings ignored -> nullable("object");
            case Field.Decimals decimals -> list(0, decimals.most(), number(decimals.least(), decimals.greatest()));
            case Field.Loras loras -> loras(loras);
            case Field.Images images -> list(images.most(), JobJson.object().put("type", "string"));
        };
    }

    private static ObjectNode loras(Field.Loras loras) {
        ObjectNode source = JobJson.object().put("type", "string").put("maxLength", loras.longest());
        ObjectNode scale = number(loras.least(), loras.greatest());
        ObjectNode asObject = JobJson.object().put("type", "object");
        ObjectNode properties = asObject.putObject("properties");
        LoraFields.SOURCES.forEach(name -> properties.set(name, nullableOf(source)));
        LoraFields.SCALES.forEach(name -> properties.set(name, nullableOf(scale)));
        ArrayNode anyOf = asObject.putArray("anyOf");
        LoraFields.SOURCES.forEach(
                name -> anyOf.addObject().putArray("required").add(name));
        ObjectNode pair =
                JobJson.object().put("type", "array").put("minItems", 1).put("maxItems", 2);
        pair.putArray("prefixItems").add(source).add(nullableOf(scale));
        ObjectNode one = JobJson.object();
        one.putArray("oneOf").add(source).add(pair).add(asObject);
        ObjectNode all = JobJson.object();
        all.putArray("oneOf")
                .add(JobJson.object().put("type", "null"))
                .add(source)
                .add(asObject)
                .add(list(0, loras.most(), one).put("type", "array"));
        return all;
    }

    private static ObjectNode number(double least, double most) {
        return JobJson.object().put("type", "number").put("minimum", least).put("maximum", most);
    }

    private static ObjectNode nullableOf(ObjectNode type) {
        ObjectNode node = type.deepCopy();
        node.set("type", nullable(type.path("type").asText()).get("type"));
        return node;
    }

    private static ObjectNode nullable(String type) {
        return nullable(List.of(type));
    }

    private static ObjectNode nullable(List<String> types) {
        ObjectNode node = JobJson.object();
        ArrayNode list = node.putArray("type");
        types.forEach(list::add);
        list.add("null");
        return node;
    }

    private static ObjectNode list(int most, ObjectNode items) {
        return list(1, most, items);
    }

    private static ObjectNode list(int least, int most, ObjectNode items) {
        ObjectNode list = nullable("array").put("minItems", least).put("maxItems", most);
        list.set("items", items);
        return list;
    }
}
