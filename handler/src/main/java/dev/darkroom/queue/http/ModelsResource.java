package dev.darkroom.queue.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.queue.Answer;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.http.ModelReport.Task;
import io.smallrye.common.annotation.NonBlocking;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** Serves {@code /models}: what a job may name, and what each of them does. */
@Path("/models")
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
        ObjectNode answer = JobJson.object();
        ArrayNode list = answer.putArray("models");
        models.now().forEach(model -> list.add(model(model)));
        return answer;
    }

    private static ObjectNode model(ModelReport.Model model) {
        ObjectNode node = JobJson.object().put("name", model.name());
        if (model.license() != null) {
            node.set("license", Answer.license(model.license()));
        }
        node.putObject("can")
                .put("draw", model.tasks().containsKey(Task.TEXT_TO_IMAGE))
                .put("edit", model.isMadeFor(Task.EDIT))
                .put("start_from_image", model.isMadeFor(Task.IMAGE_TO_IMAGE))
                .put("fill", model.tasks().containsKey(Task.FILL));
        node.put("most_images", model.mostImages());
        node.putObject("defaults")
                .put("width", model.defaults().size().width())
                .put("height", model.defaults().size().height())
                .put("num_inference_steps", model.defaults().steps())
                .put("guidance_scale", model.defaults().guidanceScale())
                .put("true_cfg_scale", model.defaults().trueCfgScale());
        return node;
    }
}
