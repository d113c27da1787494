package dev.darkroom.queue.sdapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Faults;
import dev.darkroom.queue.FieldWords;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.Nothing;
import dev.darkroom.queue.http.ApiException;
import dev.darkroom.queue.http.ModelReport;
import dev.darkroom.queue.http.ModelReport.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Translates the fields of one call to those of a job's input: what both have passes on as it is, and is checked where the job is read; here
 * are the rules of what only this API has, and of what its front ends send whether it suits the model or not.
 */
final class SdTranslation {
    private static final Set<String> EULER = Set.of("euler", "automatic", "k_euler", "");
    private static final Set<String> SCHEDULES = Set.of("automatic", "simple", "normal", "");

    private final ObjectNode input;
    private final Options options;
    private final ModelReport models;
    private final LoraShelf loras;
    private final Faults faults = new Faults();
    private final List<String> notes = new ArrayList<>();

    /** @param sent the fields of the call, which are taken apart */
    SdTranslation(ObjectNode sent, Options options, ModelReport models, LoraShelf loras) {
        this.input = sent;
        this.options = options;
        this.models = models;
        this.loras = loras;
    }

    /**
     * Translates a call.
     *
     * @throws dev.darkroom.job.JobException that lists every fault of the fields that only this API has
     */
    SdRequest request(boolean fromPicture) {
        ObjectNode sent = withoutPictures();
        boolean withPictures = take("send_images").asBoolean(true);
        settings();
        ModelReport.Model model = model(fromPicture);
        refuseAndTell();
        sampler();
        count();
        pictures(fromPicture, model);
        guidance(model);
        words();
        faults.refuse();
        input.put("return", "base64");
        if (Nothing.is(input.path("previews"))) {
            input.put("previews", 4);
        }
        ObjectNode job = JobJson.object();
        job.set("input", input);
        return new SdRequest(sent, job, new FieldWords(SdRequest.WORDS), List.copyOf(notes), withPictures);
    }

    private ObjectNode withoutPictures() {
        ObjectNode sent = input.deepCopy();
        List.of("init_images", "mask").forEach(sent::remove);
        return sent;
    }

    private JsonNode take(String field) {
        JsonNode value = input.remove(field);
        return value == null ? JobJson.MAPPER.missingNode() : value;
    }

    private void settings() {
        JsonNode settings = take("override_settings");
        settings.properties().forEach(setting -> {
            if (setting.getKey().equals(Options.MODEL)) {
                if (!Nothing.is(setting.getValue())) {
                    input.set("model", setting.getValue());
                }
            } else if (!SdFields.isOff(setting.getValue())) {
                notes.add("override_settings." + Faults.quoted((Object) setting.getKey()) + ": has no effect here");
            }
        });
    }

    private ModelReport.Model model(boolean fromPicture) {
        JsonNode named = input.path("model");
        String field = "override_settings." + Options.MODEL;
        if (named.isTextual() && !Nothing.is(named)) {
            ModelReport.Model model = Options.named(field, named.asText(), models);
            input.put("model", model.name());
            return model;
        }
        if (options.model().isPresent()) {
            input.put("model", options.model().get());
            return Options.named(field, options.model().get(), models);
        }
        Task task = fromPicture ? Nothing.is(input.path("mask")) ? Task.IMAGE_TO_IMAGE : Task.FILL : Task.TEXT_TO_IMAGE;
        return models.chosenFor(task).orElseThrow(() -> new ApiException(503, "the worker still starts: try again"));
    }

    private void refuseAndTell() {
        SdFields.REFUSED.forEach((field, reason) -> faults.check(SdFields.isOff(take(field)), field, reason));
        SdFields.WITHOUT_EFFECT.stream().sorted().forEach(field -> {
            if (!SdFields.isOff(take(field))) {
                notes.add(field + ": has no effect here");
            }
        });
    }

    private void sampler() {
        for (String field : List.of("sampler_name", "sampler_index")) {
            tellUnless(EULER, field, "is not known here: drawn with Euler");
        }
        tellUnless(SCHEDULES, "scheduler", "is not known here: the model has its own");
    }

    private void tellUnless(Set<String> known, String field, String remark) {
        String name = take(field).asText("");
        if (!known.contains(name.strip().toLowerCase(Locale.ROOT))) {
            notes.add(field + ": " + Faults.quoted(name) + " " + remark);
        }
    }

    private void count() {
        JsonNode batch = take("batch_size");
        JsonNode times = take("n_iter");
        if (isCount("batch_size", batch) && isCount("n_iter", times)) {
            long outputs = batch.asLong(1) * times.asLong(1);
            if (outputs != 1) {
                input.put("num_outputs", outputs);
            }
        }
    }

    private boolean isCount(String field, JsonNode value) {
        boolean right = Nothing.is(value)
                || (value.canConvertToExactIntegral() && value.longValue() >= 1 && value.longValue() <= 1_000);
        faults.check(right, field, "must be a whole number from 1 on");
        return right;
    }

    private void pictures(boolean fromPicture, ModelReport.Model model) {
        if (!fromPicture) {
            if (!SdFields.isOff(take("denoising_strength"))) {
                notes.add("denoising_strength: has no effect without a picture to start from");
            }
            return;
        }
        faults.check(!Nothing.isList(input.path("init_images")), "init_images", "is missing");
        boolean masked = !Nothing.is(input.path("mask"));
        if (masked && input.path("init_images").size() == 1) {
            input.set("image", take("init_images").get(0));
        }
        boolean starts = !masked && model.tasks().containsKey(Task.IMAGE_TO_IMAGE);
        if (!starts && !SdFields.isOff(take("denoising_strength"))) {
            notes.add("denoising_strength: has no effect " + (masked ? "with a mask" : "with a model that edits"));
        }
    }

    /** Front ends send a scale and a negative prompt to every model: those that make one pass a step would draw worse, and twice as long. */
    private void guidance(ModelReport.Model model) {
        JsonNode scale = take("cfg_scale");
        boolean own = !Nothing.is(input.path("true_cfg_scale"));
        boolean twoPasses = own || (model.trueCfgScale() > 1 && (Nothing.is(scale) || scale.asDouble() > 1));
        if (model.trueCfgScale() > 1 && !own && !Nothing.is(scale)) {
            input.set("true_cfg_scale", scale);
        } else if (!Nothing.is(scale) && scale.asDouble() != 1) {
            notes.add("cfg_scale: has no effect with " + model.name() + ", which makes one pass a step"
                    + "; true_cfg_scale makes it two");
        }
        if (!twoPasses && !Nothing.is(input.path("negative_prompt"))) {
            input.remove("negative_prompt");
            notes.add("negative_prompt: has no effect with one pass a step");
        }
        JsonNode distilled = take("distilled_cfg_scale");
        if (Nothing.is(distilled)) {
            return;
        }
        if (model.readsGuidance()) {
            input.set("guidance_scale", distilled);
        } else {
            notes.add("distilled_cfg_scale: has no effect with " + model.name() + ", which reads no guidance");
        }
    }

    private void words() {
        JsonNode styles = take("styles");
        if (styles.isArray() && !Nothing.isList(styles)) {
            faults.check(styles.size() == 1, "styles", "must be one style, not " + styles.size());
            input.set("style", styles.get(0));
        }
        var mentioned = new PromptLoras(loras::paths, faults);
        if (input.path("prompt").isTextual()) {
            input.put("prompt", mentioned.without(input.path("prompt").asText()));
        }
        ArrayNode found = mentioned.loras();
        if (!found.isEmpty()) {
            faults.check(Nothing.is(input.path("loras")), "loras", "cannot stand beside LoRAs in the prompt");
            input.set("loras", found);
        }
    }
}
