package dev.darkroom.queue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Builds the schema of a job's input for programs that make clients from it: every field once, under its own name, in the one form that a
 * class can have. {@link InputSchema} has all that the worker reads.
 */
public final class PlainSchema {
    private PlainSchema() {}

    /**
     * Builds the schema for this worker's settings.
     *
     * @param lora reference to the schema of one LoRA
     */
    public static ObjectNode of(PayloadReader reader, String lora) {
        ObjectNode schema = JobJson.object().put("type", "object");
        schema.put(
                "description",
                "What to draw: a prompt or prompts, and what goes with them. /schema.json has every other name of a field.");
        schema.set("properties", properties(reader.fields().all(), lora));
        return schema;
    }

    /**
     * Builds the schemas of fields by their names.
     *
     * @param lora reference to the schema of one LoRA
     */
    public static ObjectNode properties(List<Field> fields, String lora) {
        ObjectNode properties = JobJson.object();
        for (Field field : fields) {
            String meaning =
                    field.type() instanceof Field.Choice ? field.meaning() + InputSchema.ANY_CASE : field.meaning();
            properties.set(field.name(), type(field.type(), lora).put("description", meaning));
        }
        return properties;
    }

    private static ObjectNode type(Field.Type type, String lora) {
        return switch (type) {
            case Field.Text text -> text().put("maxLength", text.longest());
            case Field.Texts texts -> list(texts.least(), texts.most(), text().put("maxLength", texts.longest()));
            case Field.Whole whole ->
                JobJson.object()
                        .put("type", "integer")
                        .put("format", whole.most() > Integer.MAX_VALUE ? "int64" : "int32")
                        .put("minimum", whole.least())
                        .put("maximum", whole.most());
            case Field.Decimal decimal ->
                number().put(decimal.open() ? "exclusiveMinimum" : "minimum", decimal.least())
                        .put("maximum", decimal.most());
            case Field.Flag ignored -> JobJson.object().put("type", "boolean");
            case Field.Choice choice -> {
                ObjectNode node = text();
                ArrayNode values = node.putArray("enum");
                choice.values().forEach(values::add);
                yield node;
            }
            case Field.Dimensions ignored -> text();
            case Field.Image ignored -> text();
            case Field.Schedule ignored -> text();
            case Field.Frame ignored -> text();
            case Field.Settings ignored ->
                JobJson.object().put("type", "object").put("additionalProperties", true);
            case Field.Images images -> list(1, images.most(), text());
            case Field.Decimals decimals ->
                list(
                        0,
                        decimals.most(),
                        number().put("minimum", decimals.least()).put("maximum", decimals.greatest()));
            case Field.Loras loras -> list(0, loras.most(), JobJson.object().put("$ref", lora));
        };
    }

    private static ObjectNode text() {
        return JobJson.object().put("type", "string");
    }

    private static ObjectNode number() {
        return JobJson.object().put("type", "number").put("format", "double");
    }

    private static ObjectNode list(int least, int most, ObjectNode items) {
        ObjectNode list =
                JobJson.object().put("type", "array").put("minItems", least).put("maxItems", most);
        list.set("items", items);
        return list;
    }
}
