package dev.darkroom.queue.mcp;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.queue.Field;
import dev.darkroom.queue.Fields;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.PayloadReader;
import dev.darkroom.queue.PlainSchema;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The schemas of the tools' arguments: the table of a job's fields, each under its own name. */
final class ToolSchemas {
    /** Fields of pictures that a job brings. */
    static final Set<String> OF_PICTURES =
            Set.of("image", "images", "mask", "mask_paints", "strength", "match_input_image");

    /** Fields that say once more what others say; they are read, but every field of a schema is read by a language model each time. */
    private static final Set<String> LEFT_OUT = Set.of(
            "lora_weights",
            "lora_scale",
            "extra_lora",
            "extra_lora_scale",
            "lora_urls",
            "lora_scales",
            "enable_safety_checker",
            "disable_safety_checker",
            "previews");

    private static final String LORA = "Lora";

    private ToolSchemas() {}

    /** Builds the schema for pictures from words. */
    static ObjectNode generate(PayloadReader reader) {
        return of(reader.fields().all().stream()
                .filter(field -> !OF_PICTURES.contains(field.name()))
                .toList());
    }

    /** Builds the schema for pictures from others. */
    static ObjectNode edit(PayloadReader reader) {
        return of(reader.fields().all());
    }

    /** Builds the schema of a tool without arguments. */
    static ObjectNode nothing() {
        ObjectNode schema = JobJson.object().put("type", "object");
        schema.putObject("properties");
        return schema.put("additionalProperties", false);
    }

    private static ObjectNode of(List<Field> fields) {
        List<Field> told = fields.stream()
                .filter(field -> !LEFT_OUT.contains(field.name()))
                .filter(field -> !Fields.ofAnimations().contains(field.name()))
                .toList();
        ObjectNode schema = JobJson.object().put("type", "object");
        ObjectNode properties = PlainSchema.properties(told, "#/$defs/" + LORA);
        properties.forEach(property -> ((ObjectNode) property).remove("format"));
        ObjectNode format = ((ObjectNode) properties.path("output_format"))
                .put("default", ToolInput.USUAL_FORMAT)
                .put("description", "File format.");
        ArrayNode formats = format.putArray("enum");
        Stream.of(ImageFormat.values()).map(ImageFormat::fieldValue).forEach(formats::add);
        schema.set("properties", properties);
        ArrayNode oneOf = schema.putArray("anyOf");
        oneOf.addObject().putArray("required").add("prompt");
        oneOf.addObject().putArray("required").add("prompts");
        schema.putObject("$defs").set(LORA, lora());
        return schema;
    }

    private static ObjectNode lora() {
        ObjectNode lora = JobJson.object().put("type", "object");
        ObjectNode properties = lora.putObject("properties");
        properties.putObject("path").put("type", "string").put("description", "An http or https URL, or a path.");
        properties.putObject("scale").put("type", "number").put("description", "How much of it is added (1).");
        lora.putArray("required").add("path");
        return lora;
    }
}
