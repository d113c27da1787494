package dev.darkroom.queue.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.queue.InputSchema;
import dev.darkroom.queue.PayloadReader;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** {@code /schema.json}: the JSON Schema of a job's input. */
@Path("/schema.json")
public class SchemaResource {
    private final PayloadReader reader;

    SchemaResource(PayloadReader reader) {
        this.reader = reader;
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    @Tag(name = RunPodApi.TAG)
    @Operation(summary = "The JSON Schema of a job's input.")
    @APIResponse(
            responseCode = "200",
            description = "The schema",
            content = @Content(schema = @Schema(type = SchemaType.OBJECT)))
    public ObjectNode schema() {
        return InputSchema.of(reader);
    }
}
