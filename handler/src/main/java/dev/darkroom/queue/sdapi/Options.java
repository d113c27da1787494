package dev.darkroom.queue.sdapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Faults;
import dev.darkroom.job.JobException;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.Nothing;
import dev.darkroom.queue.http.ModelReport;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The options of this door, which are those of its process: the model that a call takes which names none. Front ends set it before they
 * call; it is kept until the worker ends, and holds for all callers of this door and for no other door.
 */
@Singleton
final class Options {
    static final String MODEL = "sd_model_checkpoint";
    private static final Logger LOG = Logger.getLogger(Options.class);

    private final ModelReport models;
    private volatile @Nullable String chosen;

    Options(ModelReport models) {
        this.models = models;
    }

    /** Returns the model that was chosen; empty if the worker is to choose by what a job brings. */
    Optional<String> model() {
        return Optional.ofNullable(chosen);
    }

    /** Returns all options. */
    ObjectNode all() {
        String first =
                models.now().stream().findFirst().map(ModelReport.Model::name).orElse("");
        return JobJson.object()
                .put(MODEL, model().orElse(first))
                .put("sd_vae", "Automatic")
                .put("CLIP_stop_at_last_layers", 1)
                .put("samples_format", "png");
    }

    /**
     * Takes over what a caller sets. Front ends send back all that they have read: what is as it was means nothing.
     *
     * @throws dev.darkroom.job.JobException if the worker has no such model
     */
    void set(ObjectNode sent) {
        JsonNode name = sent.path(MODEL);
        ObjectNode known = all();
        List<String> others = sent.properties().stream()
                .filter(option -> !option.getKey().equals(MODEL))
                .filter(option -> !option.getValue().equals(known.path(option.getKey())))
                .map(option -> Faults.quoted((Object) option.getKey()))
                .toList();
        if (!Nothing.is(name) && !name.equals(known.path(MODEL))) {
            chosen = named(MODEL, name.asText(), models).name();
            LOG.infof("/sdapi: the model is %s from now on", chosen);
        }
        if (!others.isEmpty()) {
            LOG.warnf("/sdapi/v1/options: %s mean nothing here", String.join(", ", others));
        }
    }

    /**
     * Finds a model by the name that a caller gives, with or without what this API writes behind it.
     *
     * @throws dev.darkroom.job.JobException if there is none
     */
    static ModelReport.Model named(String field, String sent, ModelReport models) {
        String name = sent.replaceFirst("\\s*\\[[0-9a-f]{1,64}]$", "")
                .replaceFirst("\\.safetensors$", "")
                .strip();
        List<ModelReport.Model> all = models.now();
        return all.stream()
                .filter(model -> model.name().equals(name))
                .findFirst()
                .orElseThrow(() -> JobException.badInput(field + ": must be one of "
                        + String.join(
                                ", ", all.stream().map(ModelReport.Model::name).toList())
                        + ", not " + Faults.quoted(sent)));
    }
}
