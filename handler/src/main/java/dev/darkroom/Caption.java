package dev.darkroom;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Sample;
import dev.darkroom.model.Rendering;
import dev.darkroom.queue.Json;

/** Writes the JSON text that goes into a picture's file: its prompt, parameters, seed and model. */
final class Caption {
    private Caption() {}

    static String of(ServedModel model, Sample sample, Rendering rendering) {
        ObjectNode caption = Json.object().put("prompt", sample.prompt());
        rendering.parameters().forEach(caption::putPOJO);
        caption.put("seed", sample.seed()).put("model", model.name());
        if (model.revision() != null) {
            caption.put("revision", model.revision());
        }
        return caption.put("software", "Darkroom").toString();
    }
}
