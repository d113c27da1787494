package dev.darkroom.queue.openai;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Faults;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.http.ApiException;
import dev.darkroom.queue.http.ModelReport;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** Serves {@code /v1/models}: the worker's models, in OpenAI's form. */
@Path("/v1/models")
@Produces(MediaType.APPLICATION_JSON)
@NonBlocking
public class ModelsResource {
    private final ModelReport models;

    ModelsResource(ModelReport models) {
        this.models = models;
    }

    /** Answers with all models, the default first; none while the worker starts. */
    @GET
    public ObjectNode list() {
        ObjectNode list = JobJson.object().put("object", "list");
        ArrayNode data = list.putArray("data");
        models.now().forEach(model -> data.add(model(model)));
        return list;
    }

    /** Answers with one model. */
    @GET
    @Path("{model}")
    public ObjectNode get(@PathParam("model") String name) {
        return models.now().stream()
                .filter(model -> model.name().equals(name))
                .findFirst()
                .map(ModelsResource::model)
                .orElseThrow(() -> new ApiException(
                        404, "model: this worker has none of this name: " + Faults.quoted((Object) name)));
    }

    private static ObjectNode model(ModelReport.Model model) {
        return JobJson.object()
                .put("id", model.name())
                .put("object", "model")
                .put("created", model.since())
                .put("owned_by", "darkroom");
    }
}
