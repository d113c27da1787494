package dev.darkroom.animation.deforum;

import static dev.darkroom.animation.deforum.DeforumSetting.Kind.FLAG;
import static dev.darkroom.animation.deforum.DeforumSetting.Kind.NUMBER;
import static dev.darkroom.animation.deforum.DeforumSetting.Kind.TEXT;
import static dev.darkroom.animation.deforum.DeforumSetting.Use.IDLE;
import static dev.darkroom.animation.deforum.DeforumSetting.Use.MEANT;
import static dev.darkroom.animation.deforum.DeforumSetting.Use.TOLD;
import static dev.darkroom.animation.deforum.DeforumSetting.of;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What becomes of the frames, and what says nothing of them. */
final class OutputNames {
    static final List<DeforumSetting> ALL = Stream.of(
                    List.of(of(NUMBER, "fps", "15", "12").classic("ffmpeg_fps").used(MEANT)),
                    upscaling(),
                    files(),
                    steering(),
                    idle())
            .flatMap(List::stream)
            .toList();

    private OutputNames() {}

    private static List<DeforumSetting> upscaling() {
        return Stream.of(
                        of(FLAG, "r_upscale_video", "false", null),
                        of(TEXT, "frame_interpolation_engine", "None", null),
                        of(FLAG, "frame_interpolation_slow_mo_enabled", "false", null),
                        of(TEXT, "add_soundtrack", "None", null),
                        of(FLAG, "resume_from_timestring", "false", "false"))
                .map(setting -> setting.used(TOLD))
                .toList();
    }

    private static List<DeforumSetting> files() {
        return Stream.of(
                        of(FLAG, "skip_video_creation", "false", null),
                        of(FLAG, "make_gif", "false", null),
                        of(FLAG, "delete_imgs", "false", null),
                        of(FLAG, "delete_input_frames", "false", null),
                        of(TEXT, "image_path", "", null),
                        of(TEXT, "r_upscale_factor", "x2", null),
                        of(TEXT, "r_upscale_model", "realesr-animevideov3", null),
                        of(NUMBER, "frame_interpolation_x_amount", "2", null),
                        of(NUMBER, "frame_interpolation_slow_mo_amount", "2", null),
                        of(TEXT, "soundtrack_path", "", null),
                        of(FLAG, "r_upscale_keep_imgs", "true", null),
                        of(FLAG, "store_frames_in_ram", "false", null),
                        of(FLAG, "frame_interpolation_keep_imgs", "false", null),
                        of(FLAG, "frame_interpolation_use_upscaled", "false", null),
                        of(TEXT, "resume_timestring", "20230129210106", "20240810001544"),
                        of(TEXT, "batch_name", "Deforum_{timestring}", "StableFun"),
                        of(FLAG, "save_depth_maps", "false", "false"),
                        of(NUMBER, "n_batch", null, "1"),
                        of(NUMBER, "n_samples", null, "1"),
                        of(NUMBER, "bit_depth_output", null, "8"))
                .map(setting -> setting.used(IDLE))
                .toList();
    }

    /** The classic notebook's steering of the sampler by gradients, off by default. */
    private static List<DeforumSetting> steering() {
        return Stream.of(
                        "mean_scale",
                        "var_scale",
                        "exposure_scale",
                        "colormatch_scale",
                        "ignore_sat_weight",
                        "init_mse_scale",
                        "blue_scale")
                .map(key -> of(NUMBER, key, null, "0").used(TOLD))
                .toList();
    }

    private static List<DeforumSetting> idle() {
        String webui =
                "show_info_on_ui motion_preview_mode override_settings_with_file custom_settings_file sd_model_name "
                        + "sd_model_hash deforum_git_commit_id histogram_matching skip_video_for_run_all timestring outdir subseed "
                        + "subseed_strength";
        String classic = "save_samples save_settings display_samples save_sample_per_step show_sample_per_step "
                + "filename_format make_grid grid_rows exposure_target colormatch_image colormatch_n_colors init_mse_image "
                + "gradient_wrt gradient_add_to decode_method grad_threshold_type clamp_grad_threshold clamp_start clamp_stop "
                + "grad_inject_timing cond_uncond_sync precision C f cond_prompt cond_prompts uncond_prompt uncond_prompts "
                + "init_latent init_sample init_sample_raw mask_sample init_c seed_internal dynamic_threshold "
                + "static_threshold ddim_eta settings_file";
        return Stream.concat(
                        Arrays.stream(webui.split(" ", -1)).map(key -> of(TEXT, key, "", null)),
                        Arrays.stream(classic.split(" ", -1)).map(key -> of(TEXT, key, null, "")))
                .map(setting -> setting.used(IDLE))
                .toList();
    }
}
