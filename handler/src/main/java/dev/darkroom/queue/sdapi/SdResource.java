package dev.darkroom.queue.sdapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.http.ModelReport;
import io.smallrye.common.annotation.Blocking;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;

/** Serves what front ends read below {@code /sdapi/v1}: how far a job is, and what there is to choose. */
@Path("/sdapi/v1")
@Produces(MediaType.APPLICATION_JSON)
@Blocking
public class SdResource {
    private final Options options;
    private final ModelReport models;
    private final LoraShelf loras;
    private final RunningJobs running;

    SdResource(Options options, ModelReport models, LoraShelf loras, RunningJobs running) {
        this.options = options;
        this.models = models;
        this.loras = loras;
        this.running = running;
    }

    /** Answers with how far the oldest job of this door is, and what can be seen of its picture. */
    @GET
    @Path("progress")
    public ObjectNode progress(@QueryParam("skip_current_image") @DefaultValue("false") boolean withoutPicture) {
        return running.progress(!withoutPicture);
    }

    /** Answers with the options of this door. */
    @GET
    @Path("options")
    public ObjectNode options() {
        return options.all();
    }

    /** Answers with the worker's models. */
    @GET
    @Path("sd-models")
    public ArrayNode models() {
        ArrayNode list = list();
        models.now()
                .forEach(model -> list.addObject()
                        .put("title", model.name())
                        .put("model_name", model.name())
                        .putNull("hash")
                        .putNull("sha256")
                        .put("filename", model.name())
                        .putNull("config"));
        return list;
    }

    /** Answers with the one sampler that there is. */
    @GET
    @Path("samplers")
    public ArrayNode samplers() {
        ArrayNode list = list();
        ObjectNode euler = list.addObject().put("name", "Euler");
        euler.putArray("aliases").add("k_euler");
        euler.putObject("options");
        return list;
    }

    /** Answers with the one schedule that there is: the model's own. */
    @GET
    @Path("schedulers")
    public ArrayNode schedulers() {
        ArrayNode list = list();
        list.addObject().put("name", "automatic").put("label", "Automatic");
        return list;
    }

    /** Answers with the LoRAs that prompts may name. */
    @GET
    @Path("loras")
    public ArrayNode loras() {
        ArrayNode list = list();
        loras.paths()
                .forEach((name, path) -> list.addObject()
                        .put("name", name)
                        .put("alias", name)
                        .put("path", path)
                        .putObject("metadata"));
        return list;
    }

    /** Answers with no upscaler: pictures are drawn at the size that is asked for. */
    @GET
    @Path("upscalers")
    public ArrayNode upscalers() {
        return list();
    }

    /** Answers with no upscaler of latents. */
    @GET
    @Path("latent-upscale-modes")
    public ArrayNode latentUpscalers() {
        return list();
    }

    /** Answers with no autoencoder: every model has its own. */
    @GET
    @Path("sd-vae")
    public ArrayNode autoencoders() {
        return list();
    }

    /** Answers with no module: every model has its own. */
    @GET
    @Path("sd-modules")
    public ArrayNode modules() {
        return list();
    }

    private static ArrayNode list() {
        return JobJson.MAPPER.createArrayNode();
    }
}
