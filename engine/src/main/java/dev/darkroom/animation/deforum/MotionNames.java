package dev.darkroom.animation.deforum;

import static dev.darkroom.animation.deforum.DeforumSetting.Kind.FLAG;
import static dev.darkroom.animation.deforum.DeforumSetting.Kind.NUMBER;
import static dev.darkroom.animation.deforum.DeforumSetting.Kind.SCHEDULE;
import static dev.darkroom.animation.deforum.DeforumSetting.Kind.TEXT;
import static dev.darkroom.animation.deforum.DeforumSetting.Use.IDLE;
import static dev.darkroom.animation.deforum.DeforumSetting.Use.TOLD;
import static dev.darkroom.animation.deforum.DeforumSetting.of;

import java.util.List;

/** How a frame is moved before the next is drawn from it. */
final class MotionNames {
    static final List<DeforumSetting> ALL = List.of(
            of(TEXT, "animation_mode", "2D", "2D"),
            of(NUMBER, "max_frames", "120", "1000"),
            of(TEXT, "border", "replicate", "replicate"),
            of(SCHEDULE, "angle", "0: (0)", "0:(0)"),
            of(SCHEDULE, "zoom", "0: (1.0025+0.002*sin(1.25*3.14*t/30))", "0:(1.04)"),
            of(SCHEDULE, "translation_x", "0: (0)", "0:(0)"),
            of(SCHEDULE, "translation_y", "0: (0)", "0:(0)"),
            of(SCHEDULE, "translation_z", "0: (1.75)", "0:(7.5)"),
            of(SCHEDULE, "transform_center_x", "0: (0.5)", null),
            of(SCHEDULE, "transform_center_y", "0: (0.5)", null),
            of(SCHEDULE, "rotation_3d_x", "0: (0)", "0:(0)"),
            of(SCHEDULE, "rotation_3d_y", "0: (0)", "0:(0)"),
            of(SCHEDULE, "rotation_3d_z", "0: (0)", "0:(0)"),
            of(FLAG, "enable_perspective_flip", "false", "false").classic("flip_2d_perspective"),
            of(SCHEDULE, "perspective_flip_theta", "0: (0)", "0:(0)"),
            of(SCHEDULE, "perspective_flip_phi", "0: (0)", "0:(t%15)"),
            of(SCHEDULE, "perspective_flip_gamma", "0: (0)", "0:(0)"),
            of(SCHEDULE, "perspective_flip_fv", "0: (53)", "0:(53)"),
            of(SCHEDULE, "fov_schedule", "0: (70)", "40").classic("fov"),
            of(SCHEDULE, "aspect_ratio_schedule", "0: (1)", null),
            of(FLAG, "aspect_ratio_use_old_formula", "false", null),
            of(SCHEDULE, "near_schedule", "0: (200)", "200")
                    .classic("near_plane")
                    .used(IDLE),
            of(SCHEDULE, "far_schedule", "0: (10000)", "10000")
                    .classic("far_plane")
                    .used(IDLE),
            of(FLAG, "use_depth_warping", "true", "true"),
            of(TEXT, "depth_algorithm", "Midas-3-Hybrid", null).used(TOLD),
            of(FLAG, "use_zoe_depth", "false", null).used(TOLD),
            of(NUMBER, "midas_weight", "0.2", "0.3").used(TOLD),
            of(TEXT, "padding_mode", "border", "border"),
            of(TEXT, "sampling_mode", "bicubic", "bicubic"),
            of(NUMBER, "diffusion_cadence", "2", "1"),
            of(TEXT, "optical_flow_cadence", "None", null),
            of(SCHEDULE, "cadence_flow_factor_schedule", "0: (1)", null));

    private MotionNames() {}
}
