package dev.darkroom.queue.sdapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.queue.FieldWords;
import java.util.List;
import java.util.Map;

/**
 * What a caller asks of {@code txt2img} or {@code img2img}, as a job of this worker.
 *
 * @param sent the fields as they were sent, without pictures: the answer repeats them
 * @param job a request as of {@code /run}
 * @param words the caller's names for the fields of that request
 * @param notes what the caller should know of its fields
 * @param withPictures false if the caller wants no pictures in the answer
 */
record SdRequest(ObjectNode sent, ObjectNode job, FieldWords words, List<String> notes, boolean withPictures) {
    /** Words of a job's fields that have one name here, whatever was sent. */
    static final Map<String, String> WORDS = Map.of(
            "num_outputs", "batch_size × n_iter",
            "strength", "denoising_strength",
            "true_cfg_scale", "cfg_scale",
            "num_inference_steps", "steps",
            "images", "init_images",
            "image", "init_images",
            "model", "override_settings.sd_model_checkpoint");
}
