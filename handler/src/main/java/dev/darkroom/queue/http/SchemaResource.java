package dev.darkroom.queue.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.queue.InputSchema;
import dev.darkroom.queue.PayloadReader;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** Serves {@code /schema.json}: the JSON Schema of a job's input. */
@Path("/schema.json")
public class SchemaResource {
    private final PayloadReader reader;

    SchemaResource(PayloadReader reader) {
        this.reader = reader;
    }

    /** Answers with the schema for this worker's settings. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public ObjectNode schema() {
        return InputSchema.of(reader);
    }
}
