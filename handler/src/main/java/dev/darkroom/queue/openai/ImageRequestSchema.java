package dev.darkroom.queue.openai;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.PayloadReader;
import dev.darkroom.queue.PlainSchema;
import dev.darkroom.queue.http.DoorSchema;
import io.quarkus.arc.Unremovable;
import jakarta.inject.Singleton;

/** Describes the body of a request for pictures, from the table of its fields. */
@Singleton
@Unremovable
final class ImageRequestSchema implements DoorSchema {
    @Override
    public String name() {
        return "ImageRequest";
    }

    @Override
    public ObjectNode schema(PayloadReader reader, String lora) {
        ObjectNode schema = JobJson.object()
                .put("type", "object")
                .put(
                        "description",
                        "What to draw, or what to make of pictures: OpenAI's fields, and this worker's own.");
        schema.set("properties", PlainSchema.properties(ImageFields.all(reader), lora));
        return schema;
    }
}
