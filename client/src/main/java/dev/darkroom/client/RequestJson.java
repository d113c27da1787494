package dev.darkroom.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes requests as the worker reads them, with the names of docs/input.schema.json. */
final class RequestJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private RequestJson() {}

    /**
     * Returns the body for {@code /run}.
     *
     * @throws DarkroomException if a file of it cannot be read
     */
    static byte[] body(DrawRequest request) {
        ObjectNode body = MAPPER.createObjectNode();
        ObjectNode input = body.putObject("input");
        texts(input, "prompt", request.prompts());
        put(input, "negative_prompt", request.negativePrompt());
        sources(input, request);
        loras(input, request.loras());
        put(input, "model", request.model());
        size(input, request);
        sampling(input, request);
        delivery(input, request);
        animation(input, request.animation());
        request.fields().forEach(input::putPOJO);
        envelope(body, request);
        try {
            return MAPPER.writeValueAsBytes(body);
        } catch (JsonProcessingException e) {
            throw DarkroomException.ofRequest("fields", "is no JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static void sources(ObjectNode input, DrawRequest request) {
        texts(
                input,
                "image",
                request.images().stream()
                        .map(image -> ImageSource.text("image", image))
                        .toList());
        ImageSource mask = request.mask();
        if (mask != null) {
            input.put("mask", ImageSource.text("mask", mask));
        }
        put(input, "mask_paints", word(request.maskPaints()));
        put(input, "strength", request.strength());
    }

    /** Writes one text under a name, or several under its plural. */
    private static void texts(ObjectNode input, String name, List<String> texts) {
        if (texts.size() == 1) {
            input.put(name, texts.get(0));
        } else if (!texts.isEmpty()) {
            texts.forEach(input.putArray(name + "s")::add);
        }
    }

    private static void loras(ObjectNode input, List<Lora> loras) {
        if (!loras.isEmpty()) {
            var list = input.putArray("loras");
            loras.forEach(lora -> list.addObject().put("path", lora.path()).put("scale", lora.scale()));
        }
    }

    private static void size(ObjectNode input, DrawRequest request) {
        put(input, "width", request.width());
        put(input, "height", request.height());
        put(input, "aspect_ratio", request.aspectRatio());
        put(input, "megapixels", request.megapixels());
        put(input, "match_input_image", request.matchInputImage());
    }

    private static void sampling(ObjectNode input, DrawRequest request) {
        put(input, "num_outputs", request.outputs());
        put(input, "seed", request.seed());
        put(input, "num_inference_steps", request.steps());
        put(input, "guidance_scale", request.guidanceScale());
        put(input, "true_cfg_scale", request.trueCfgScale());
        put(input, "style", request.style());
        put(input, "step_cache", request.stepCache());
        put(input, "go_fast", request.goFast());
        put(input, "previews", request.previews());
    }

    private static void delivery(ObjectNode input, DrawRequest request) {
        put(input, "output_format", word(request.format()));
        put(input, "output_quality", request.quality());
        put(input, "return", word(request.returnAs()));
        put(input, "strip_metadata", request.stripMetadata());
        put(input, "provenance", word(request.provenance()));
    }

    private static void animation(ObjectNode input, @Nullable Animation animation) {
        if (animation == null) {
            return;
        }
        input.put("type", "animation");
        put(input, "preset", animation.preset());
        put(input, "animation_mode", animation.mode());
        put(input, "max_frames", animation.maxFrames());
        put(input, "fps", animation.fps());
        animation.schedules().forEach(input::put);
        put(input, "animation_prompts", orNull(animation.prompts()));
        put(input, "settings", orNull(animation.settings()));
        ImageSource video = animation.video();
        if (video != null) {
            input.put("video", ImageSource.text("video", video));
        }
        put(input, "poster", animation.poster());
        put(input, "keep_on_cancel", animation.keepOnCancel());
    }

    private static @Nullable Map<String, ?> orNull(Map<String, ?> map) {
        return map.isEmpty() ? null : map;
    }

    private static void envelope(ObjectNode body, DrawRequest request) {
        put(body, "webhook", request.webhook() == null ? null : String.valueOf(request.webhook()));
        Policy policy = request.policy();
        if (policy != null) {
            ObjectNode node = body.putObject("policy");
            put(
                    node,
                    "executionTimeout",
                    policy.executionTimeout() == null
                            ? null
                            : policy.executionTimeout().toMillis());
            put(node, "ttl", policy.ttl() == null ? null : policy.ttl().toMillis());
            put(node, "lowPriority", policy.lowPriority() ? true : null);
        }
        Bucket bucket = request.bucket();
        if (bucket != null) {
            ObjectNode node = body.putObject("s3Config")
                    .put("endpointUrl", bucket.endpoint().toString())
                    .put("bucketName", bucket.name())
                    .put("accessId", bucket.accessId())
                    .put("accessSecret", bucket.accessSecret());
            put(node, "objectPath", bucket.objectPath());
        }
    }

    private static @Nullable String word(@Nullable Enum<?> choice) {
        return choice == null ? null : choice.name().toLowerCase(Locale.ROOT);
    }

    private static void put(ObjectNode node, String name, @Nullable Object value) {
        if (value != null) {
            node.putPOJO(name, value);
        }
    }
}
