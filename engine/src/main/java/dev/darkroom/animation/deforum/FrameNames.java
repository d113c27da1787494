package dev.darkroom.animation.deforum;

import static dev.darkroom.animation.deforum.DeforumSetting.Kind.FLAG;
import static dev.darkroom.animation.deforum.DeforumSetting.Kind.NUMBER;
import static dev.darkroom.animation.deforum.DeforumSetting.Kind.PROMPTS;
import static dev.darkroom.animation.deforum.DeforumSetting.Kind.SCHEDULE;
import static dev.darkroom.animation.deforum.DeforumSetting.Kind.TEXT;
import static dev.darkroom.animation.deforum.DeforumSetting.Kind.TEXT_SCHEDULE;
import static dev.darkroom.animation.deforum.DeforumSetting.Use.IDLE;
import static dev.darkroom.animation.deforum.DeforumSetting.Use.TOLD;
import static dev.darkroom.animation.deforum.DeforumSetting.of;

import java.util.List;

/** How a frame is drawn: prompts, seeds, steps, and what is done to the picture that it starts from. */
final class FrameNames {
    private static final String SEEDS = "0:(s), 1:(-1), \"max_f-2\":(-1), \"max_f-1\":(s)";

    static final List<DeforumSetting> ALL = List.of(
            of(PROMPTS, "prompts", "", ""),
            of(PROMPTS, "animation_prompts", "", null).named("prompts"),
            of(PROMPTS, "neg_prompts", null, "").named("negative_prompts"),
            of(TEXT, "animation_prompts_positive", "", null),
            of(TEXT, "animation_prompts_negative", "", null),
            of(TEXT, "positive_prompts", "", null).named("animation_prompts_positive"),
            of(TEXT, "negative_prompts", "", null).named("animation_prompts_negative"),
            of(NUMBER, "W", "512", "1024").named("width"),
            of(NUMBER, "H", "512", "1024").named("height"),
            of(NUMBER, "seed", "-1", "-1"),
            of(TEXT, "seed_behavior", "iter", "iter"),
            of(NUMBER, "seed_iter_N", "1", "1"),
            of(SCHEDULE, "seed_schedule", SEEDS, null),
            of(FLAG, "enable_subseed_scheduling", "false", null),
            of(SCHEDULE, "subseed_schedule", "0: (1)", null),
            of(SCHEDULE, "subseed_strength_schedule", "0: (0)", null),
            of(NUMBER, "seed_resize_from_w", "0", null).used(TOLD),
            of(NUMBER, "seed_resize_from_h", "0", null).used(IDLE),
            of(NUMBER, "steps", "25", "30").named("num_inference_steps"),
            of(FLAG, "enable_steps_scheduling", "false", null),
            of(SCHEDULE, "steps_schedule", "0: (25)", null),
            of(SCHEDULE, "cfg_scale_schedule", "0: (7)", "3.5").classic("scale"),
            of(SCHEDULE, "pix2pix_img_cfg_scale_schedule", "0:(1.5)", null).used(TOLD),
            of(TEXT, "sampler", "Euler a", "Flux Default Sampler").used(TOLD),
            of(FLAG, "enable_sampler_scheduling", "false", "false")
                    .classic("enable_schedule_samplers")
                    .used(TOLD),
            of(TEXT_SCHEDULE, "sampler_schedule", "0: (\"Euler a\")", "0:('Default Flux Scheduler')")
                    .used(IDLE),
            of(FLAG, "enable_checkpoint_scheduling", "false", null).used(TOLD),
            of(TEXT_SCHEDULE, "checkpoint_schedule", "0: (\"model1.ckpt\"), 100: (\"model2.safetensors\")", null)
                    .used(IDLE),
            of(FLAG, "enable_clipskip_scheduling", "false", null).used(TOLD),
            of(SCHEDULE, "clipskip_schedule", "0: (2)", null).used(IDLE),
            of(FLAG, "enable_noise_multiplier_scheduling", "true", null).used(TOLD),
            of(SCHEDULE, "noise_multiplier_schedule", "0: (1.05)", null).used(TOLD),
            of(FLAG, "enable_ddim_eta_scheduling", "false", null).used(TOLD),
            of(SCHEDULE, "ddim_eta_schedule", "0: (0)", null).used(IDLE),
            of(FLAG, "enable_ancestral_eta_scheduling", "false", null).used(TOLD),
            of(SCHEDULE, "ancestral_eta_schedule", "0: (1)", null).used(IDLE),
            of(FLAG, "tiling", "false", null).used(TOLD),
            of(FLAG, "restore_faces", "false", null).used(TOLD),
            of(SCHEDULE, "strength_schedule", "0: (0.65)", "0: (0.65), 12: (0.70), 24: (0.8), 36: (0.85), 38: (0.65)"),
            of(SCHEDULE, "noise_schedule", "0: (0.065)", "0: (0.02)"),
            of(TEXT, "noise_type", "perlin", null),
            of(NUMBER, "perlin_w", "8", null),
            of(NUMBER, "perlin_h", "8", null),
            of(NUMBER, "perlin_octaves", "4", null),
            of(NUMBER, "perlin_persistence", "0.5", null),
            of(SCHEDULE, "contrast_schedule", "0: (1.0)", "0: (1.0)"),
            of(SCHEDULE, "amount_schedule", "0: (0.1)", "0: (0.2)"),
            of(SCHEDULE, "kernel_schedule", "0: (5)", "0: (5)"),
            of(SCHEDULE, "sigma_schedule", "0: (1)", "0: (1.0)"),
            of(SCHEDULE, "threshold_schedule", "0: (0)", "0: (0.0)"),
            of(TEXT, "color_coherence", "LAB", "Match Frame 0 RGB"),
            of(TEXT, "color_coherence_image_path", "", null).used(IDLE),
            of(NUMBER, "color_coherence_video_every_N_frames", "1", "1"),
            of(FLAG, "color_force_grayscale", "false", "false"),
            of(FLAG, "legacy_colormatch", "false", null),
            of(TEXT, "optical_flow_redo_generation", "None", null).used(TOLD),
            of(SCHEDULE, "redo_flow_factor_schedule", "0: (1)", null).used(IDLE),
            of(NUMBER, "diffusion_redo", "0", null),
            of(TEXT, "reroll_blank_frames", "ignore", null).used(TOLD),
            of(NUMBER, "reroll_patience", "10", null).used(IDLE));

    private FrameNames() {}
}
