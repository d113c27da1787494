package dev.darkroom.queue.sdapi;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.queue.Nothing;
import java.util.Map;
import java.util.Set;

/** The fields of this API that a job of this worker does not have: those that are of no effect are told, those whose effect was wanted refused. */
final class SdFields {
    /** Fields that change no picture, or none as it is made here. */
    static final Set<String> WITHOUT_EFFECT = Set.of(
            "batch_count",
            "clip_skip",
            "comments",
            "disable_extra_networks",
            "do_not_save_grid",
            "do_not_save_samples",
            "eta",
            "firstpass_image",
            "firstphase_height",
            "firstphase_width",
            "force_task_id",
            "hr_additional_modules",
            "hr_cfg",
            "hr_checkpoint_name",
            "hr_distilled_cfg",
            "hr_negative_prompt",
            "hr_prompt",
            "hr_resize_x",
            "hr_resize_y",
            "hr_sampler_name",
            "hr_scale",
            "hr_scheduler",
            "hr_second_pass_steps",
            "hr_upscaler",
            "image_cfg_scale",
            "include_init_images",
            "infotext",
            "initial_noise_multiplier",
            "inpaint_full_res",
            "inpaint_full_res_padding",
            "inpainting_fill",
            "latent_mask",
            "mask_blur",
            "mask_blur_x",
            "mask_blur_y",
            "mask_round",
            "override_settings_restore_afterwards",
            "refiner_switch_at",
            "resize_mode",
            "s_churn",
            "s_min_uncond",
            "s_noise",
            "s_tmax",
            "s_tmin",
            "save_images",
            "script_args",
            "seed_resize_from_h",
            "seed_resize_from_w",
            "subseed");

    /** Fields that ask for another picture, unless they are off, with the reason that there is none. */
    static final Map<String, String> REFUSED = Map.of(
            "enable_hr",
                    "this worker draws at the full size at once: send false, and the size that you want as width and height",
            "restore_faces", "this worker repairs no faces: send false",
            "tiling", "this worker draws no tiles: send false",
            "subseed_strength", "this worker mixes no seeds: send 0",
            "inpainting_mask_invert", "this worker paints where the mask is white: send 0, and the mask inverted",
            "alwayson_scripts", "this worker has no scripts: leave it out",
            "script_name", "this worker has no scripts: leave it out",
            "refiner_checkpoint", "this worker refines with no second model: leave it out");

    private SdFields() {}

    /** Returns true for a value by which a caller asks for nothing: absent, false, 0, or empty. */
    static boolean isOff(JsonNode value) {
        return Nothing.isList(value)
                || Nothing.isObject(value)
                || (value.isBoolean() && !value.booleanValue())
                || (value.isNumber() && value.doubleValue() == 0)
                || (value.isTextual() && value.asText().equalsIgnoreCase("none"));
    }
}
