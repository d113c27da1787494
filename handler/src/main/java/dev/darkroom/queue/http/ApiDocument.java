package dev.darkroom.queue.http;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.PayloadReader;
import dev.darkroom.queue.PlainSchema;
import io.quarkus.smallrye.openapi.OpenApiFilter;
import jakarta.enterprise.inject.spi.CDI;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Objects;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Components;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.media.Schema;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;

/** Adds to the OpenAPI document, whenever it is asked for, what depends on this worker's settings: the schemas of jobs and answers. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.RUNTIME_PER_REQUEST)
public class ApiDocument implements OASFilter {
    private static final String SCHEMAS = "/dev/darkroom/queue/http/schemas.json";
    private static final String LORA = "#/components/schemas/Lora";
    private static final TypeReference<Map<String, Object>> KEYWORDS = new TypeReference<>() {};

    @Override
    public void filterOpenAPI(OpenAPI document) {
        document.setInfo(
                OASFactory.createInfo()
                        .title("Darkroom")
                        .version("1")
                        .description(
                                "RunPod's endpoint API of a worker that makes pictures, and other ways to it; all of it is below /v2/{any name} too."));
        document.setServers(null);
        Components components =
                document.getComponents() == null ? OASFactory.createComponents() : document.getComponents();
        document.setComponents(components);
        schemas(CDI.current().select(PayloadReader.class).get())
                .properties()
                .forEach(schema -> components.addSchema(schema.getKey(), schema(schema.getValue())));
        components.addSecurityScheme(
                "key",
                OASFactory.createSecurityScheme()
                        .type(SecurityScheme.Type.HTTP)
                        .scheme("bearer")
                        .description("Where the worker has an API key."));
        document.addSecurityRequirement(OASFactory.createSecurityRequirement().addScheme("key"));
    }

    @Override
    public Operation filterOperation(Operation operation) {
        operation
                .getResponses()
                .setDefaultValue(OASFactory.createAPIResponse()
                        .description("Why not")
                        .content(OASFactory.createContent()
                                .addMediaType(
                                        "application/json",
                                        OASFactory.createMediaType()
                                                .schema(OASFactory.createSchema()
                                                        .ref(error(operation))))));
        return operation;
    }

    /** Returns the shape of errors that clients of an operation read. */
    private static String error(Operation operation) {
        return operation.getTags() != null && operation.getTags().contains("OpenAI") ? "OpenAIError" : "Error";
    }

    private static ObjectNode schemas(PayloadReader reader) {
        try (InputStream file = Objects.requireNonNull(ApiDocument.class.getResourceAsStream(SCHEMAS), SCHEMAS)) {
            ObjectNode schemas = (ObjectNode) JobJson.MAPPER.readTree(file);
            schemas.set("Input", PlainSchema.of(reader, LORA));
            CDI.current().select(DoorSchema.class).forEach(door -> schemas.set(door.name(), door.schema(reader, LORA)));
            return schemas;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Schema schema(JsonNode keywords) {
        Schema schema = OASFactory.createSchema();
        JobJson.MAPPER.convertValue(keywords, KEYWORDS).forEach(schema::set);
        return schema;
    }
}
