package dev.darkroom.animation.deforum;

import static dev.darkroom.animation.deforum.DeforumSetting.Kind.FLAG;
import static dev.darkroom.animation.deforum.DeforumSetting.Kind.NUMBER;
import static dev.darkroom.animation.deforum.DeforumSetting.Kind.SCHEDULE;
import static dev.darkroom.animation.deforum.DeforumSetting.Kind.TEXT;
import static dev.darkroom.animation.deforum.DeforumSetting.Kind.TEXT_SCHEDULE;
import static dev.darkroom.animation.deforum.DeforumSetting.Use.IDLE;
import static dev.darkroom.animation.deforum.DeforumSetting.Use.TOLD;
import static dev.darkroom.animation.deforum.DeforumSetting.of;

import java.util.List;
import java.util.stream.Stream;

/** What an animation is drawn from: a first picture, masks, videos, pictures to pass through, files of Parseq. */
final class SourceNames {
    static final List<DeforumSetting> ALL =
            Stream.of(pictures(), videos(), guides()).flatMap(List::stream).toList();

    private SourceNames() {}

    private static List<DeforumSetting> pictures() {
        return List.of(
                of(FLAG, "use_init", "false", "false"),
                of(NUMBER, "strength", "0.8", "1.0"),
                of(FLAG, "strength_0_no_init", "true", "true"),
                of(TEXT, "init_image", "", ""),
                of(TEXT, "init_image_box", "", null).used(TOLD),
                of(FLAG, "add_init_noise", null, "false").used(TOLD),
                of(NUMBER, "init_noise", null, "0.01").used(IDLE),
                of(FLAG, "use_mask", "false", "false"),
                of(FLAG, "use_alpha_as_mask", "false", "false").used(TOLD),
                of(TEXT, "mask_file", "", "").used(IDLE),
                of(FLAG, "invert_mask", "false", "false"),
                of(NUMBER, "mask_contrast_adjust", "1.0", "1.0"),
                of(NUMBER, "mask_brightness_adjust", "1.0", "1.0"),
                of(FLAG, "overlay_mask", "true", "true"),
                of(NUMBER, "mask_overlay_blur", "4", "5"),
                of(TEXT, "fill", "original", null).used(IDLE),
                of(FLAG, "full_res_mask", "true", null).used(IDLE),
                of(NUMBER, "full_res_mask_padding", "4", null).used(IDLE),
                of(FLAG, "use_noise_mask", "false", null).used(TOLD),
                of(TEXT_SCHEDULE, "mask_schedule", "0: (\"{video_mask}\")", null)
                        .used(IDLE),
                of(TEXT_SCHEDULE, "noise_mask_schedule", "0: (\"{video_mask}\")", null)
                        .used(IDLE));
    }

    private static List<DeforumSetting> videos() {
        List<DeforumSetting> turningOn = List.of(
                of(FLAG, "use_mask_video", "false", "false"),
                of(FLAG, "hybrid_generate_inputframes", "false", "false"),
                of(TEXT, "hybrid_generate_human_masks", "None", null),
                of(FLAG, "hybrid_use_init_image", "false", null),
                of(FLAG, "hybrid_use_video_as_mse_image", null, "false"));
        List<DeforumSetting> meant = List.of(
                of(TEXT, "hybrid_motion", "None", "None"),
                of(TEXT, "hybrid_composite", "None", "false"),
                of(SCHEDULE, "hybrid_comp_alpha_schedule", "0:(0.5)", "0:(1)"),
                of(SCHEDULE, "hybrid_comp_mask_blend_alpha_schedule", "0:(0.5)", "0:(0.5)"),
                of(SCHEDULE, "hybrid_comp_mask_contrast_schedule", "0:(1)", "0:(1)"),
                of(SCHEDULE, "hybrid_comp_mask_auto_contrast_cutoff_high_schedule", "0:(100)", "0:(100)"),
                of(SCHEDULE, "hybrid_comp_mask_auto_contrast_cutoff_low_schedule", "0:(0)", "0:(0)"),
                of(SCHEDULE, "hybrid_flow_factor_schedule", "0:(1)", null),
                of(FLAG, "hybrid_motion_use_prev_img", "false", "false"),
                of(FLAG, "hybrid_use_first_frame_as_init_image", "true", "true"),
                of(FLAG, "hybrid_flow_consistency", "false", null),
                of(NUMBER, "hybrid_consistency_blur", "2", null),
                of(TEXT, "hybrid_flow_method", "RAFT", "DIS Medium"),
                of(TEXT, "hybrid_comp_mask_type", "None", "None"),
                of(FLAG, "hybrid_comp_mask_inverse", "false", "false"),
                of(TEXT, "hybrid_comp_mask_equalize", "None", "None"),
                of(FLAG, "hybrid_comp_mask_auto_contrast", "false", "false"));
        List<DeforumSetting> others = List.of(
                of(TEXT, "video_init_path", "", ""),
                of(FLAG, "overwrite_extracted_frames", "false", "true"),
                of(TEXT, "video_mask_path", "", ""),
                of(FLAG, "hybrid_comp_save_extra_frames", "false", "false"));
        List<DeforumSetting> frames = List.of(
                of(NUMBER, "extract_nth_frame", "1", "1"),
                of(NUMBER, "extract_from_frame", "0", null),
                of(NUMBER, "extract_to_frame", "-1", null));
        return Stream.of(
                        frames.stream(),
                        turningOn.stream().map(setting -> setting.used(TOLD)),
                        meant.stream(),
                        others.stream().map(setting -> setting.used(IDLE)))
                .flatMap(settings -> settings)
                .toList();
    }

    private static List<DeforumSetting> guides() {
        return List.of(
                of(FLAG, "use_looper", "false", null).used(TOLD),
                of(TEXT, "init_images", "", null).used(IDLE),
                of(SCHEDULE, "image_strength_schedule", "0:(0.75)", null).used(IDLE),
                of(SCHEDULE, "blendFactorMax", "0:(0.35)", null).used(IDLE),
                of(SCHEDULE, "blendFactorSlope", "0:(0.25)", null).used(IDLE),
                of(SCHEDULE, "tweening_frames_schedule", "0:(20)", null).used(IDLE),
                of(SCHEDULE, "color_correction_factor", "0:(0.075)", null).used(IDLE),
                of(TEXT, "parseq_manifest", "", null).used(TOLD),
                of(FLAG, "parseq_use_deltas", "true", null).used(IDLE),
                of(FLAG, "parseq_non_schedule_overrides", "true", null).used(IDLE),
                of(FLAG, "interpolate_key_frames", null, "false").used(TOLD),
                of(NUMBER, "interpolate_x_frames", null, "32").used(IDLE));
    }
}
