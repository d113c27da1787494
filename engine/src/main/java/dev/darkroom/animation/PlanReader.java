package dev.darkroom.animation;

import dev.darkroom.animation.cadence.Cadence;
import dev.darkroom.animation.curve.Span;
import dev.darkroom.animation.frame.FrameNoise;
import dev.darkroom.animation.frame.Overlay;
import dev.darkroom.animation.hybrid.HybridMotion;
import dev.darkroom.animation.hybrid.HybridSettings;
import dev.darkroom.animation.prompt.Prompts;
import dev.darkroom.animation.seed.SeedBehavior;
import dev.darkroom.animation.seed.Seeds;
import dev.darkroom.animation.seed.Subseeds;
import dev.darkroom.job.AnimationSettings;
import dev.darkroom.job.Faults;
import dev.darkroom.job.Framing;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Sampling;
import dev.darkroom.job.Size;
import dev.darkroom.video.FrameSelection;
import dev.darkroom.video.VideoFile;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the settings of an animation into a plan, one part after another. */
record PlanReader(
        Job.Animation job,
        Settings settings,
        Span span,
        AnimationLimits limits,
        Takes takes,
        @Nullable FrameSelection footage,
        PlanNotes notes) {
    /** Each redrawing takes as long as the frame. */
    private static final int MOST_REDRAWINGS = 10;

    /**
     * Reads a job's settings.
     *
     * @param seed of the first frame
     * @param video that the job brings; null without one, or as long as it is not there
     * @throws JobException that names the setting, and in schedules and prompts the key and the column
     */
    static PlanReader of(Job.Animation job, long seed, AnimationLimits limits, Takes takes, @Nullable VideoFile video) {
        Settings settings = Settings.of(job.settings());
        FrameSelection footage = FootageSettings.of(settings, job);
        var span = new Span(FootageSettings.frames(settings, limits, footage, video), seed);
        checkSeed(settings);
        var faults = new Faults();
        settings.checkCurves(span, faults);
        faults.refuse();
        return new PlanReader(job, settings, span, limits, takes, footage, new PlanNotes());
    }

    /** The job reads its seed by itself, and passes over what is none. */
    private static void checkSeed(Settings settings) {
        if (settings.isStated("seed") && !settings.text("seed").matches("-1|[0-9]{1,18}")) {
            throw JobException.badInput("seed: must be a whole number of up to 18 digits, or -1 for any, not "
                    + Faults.quoted(settings.text("seed")));
        }
    }

    /** Follows a video where frames follow each other. */
    private HybridSettings hybrid(AnimationMode mode) {
        HybridSettings hybrid = new HybridReader(settings, span, notes).read();
        if (hybrid.isOn() && !mode.isChained()) {
            throw JobException.badInput(
                    settings.key(hybrid.motion() == HybridMotion.NONE ? "hybrid_composite" : "hybrid_motion")
                            + ": goes with 2D and 3D alone, where each frame is drawn from the one before, not with "
                            + mode.word());
        }
        return hybrid;
    }

    AnimationPlan read() {
        AnimationMode mode = AnimationMode.called(settings.text("animation_mode"));
        int cadenceAsked = settings.whole("diffusion_cadence", 1, span.frames() + 1);
        int every = mode.isChained() ? cadenceAsked : 1;
        int redrawings = settings.whole("diffusion_redo", 0, MOST_REDRAWINGS);
        Cadence cadence = whole(span.frames(), every);
        ColorCoherence coherence = coherence(mode);
        double[] guidance = guidance();
        notes.of(settings, mode);
        return new AnimationPlan(
                mode,
                span.frames(),
                cadence,
                cadenceFlow(every),
                seeds().of(cadence.shown()),
                subseeds(),
                mode.isChained() ? redrawings : 0,
                prompts(),
                FrameCurves.of(settings, mode, span),
                settings.curve("strength_schedule", span),
                settings.number("strength", 0, 1),
                startsFromImage(mode, coherence),
                settings.flag("hybrid_use_first_frame_as_init_image"),
                steps(),
                guidance,
                framing(),
                coherence,
                settings.flag("color_force_grayscale"),
                noise(),
                AnimationPlan.Borders.of(settings),
                mask(),
                footage,
                settings.whole("color_coherence_video_every_N_frames", 1, 1_000_000),
                settings.flag("use_depth_warping"),
                hybrid(mode),
                notes.list());
    }

    /**
     * The reference ends an animation before the last frame that it draws. Here it is as long as it was asked to be: as if so many frames had
     * been asked for that those are there.
     */
    private static Cadence whole(int frames, int every) {
        return every == 1 ? new Cadence(frames, 1) : new Cadence(Math.ceilDiv(frames, every) * every + 1, every);
    }

    /** How far pictures go to meet each other; nothing lies between frames that are all drawn. */
    private double @Nullable [] cadenceFlow(int every) {
        double[] factors =
                settings.curve("cadence_flow_factor_schedule", span, -FlowMethods.FARTHEST, FlowMethods.FARTHEST);
        if (!FlowMethods.isOn(settings, "optical_flow_cadence")) {
            return null;
        }
        if (every == 1) {
            notes.add(settings.key("optical_flow_cadence")
                    + ": has no effect here: nothing lies between frames that are all drawn");
            return null;
        }
        FlowMethods.tell(settings, "optical_flow_cadence", notes);
        return factors;
    }

    private Seeds seeds() {
        SeedBehavior behavior = SeedBehavior.called(settings.text("seed_behavior"))
                .orElseThrow(() -> JobException.badInput(settings.key("seed_behavior") + ": must be one of "
                        + SeedBehavior.words() + ", not " + Faults.quoted(settings.text("seed_behavior"))));
        List<Double> schedule = behavior == SeedBehavior.SCHEDULE
                ? Arrays.stream(settings.curve("seed_schedule", span)).boxed().toList()
                : List.of();
        return new Seeds(behavior, span.seed(), settings.whole("seed_iter_N", 1, 1_000_000), schedule);
    }

    private @Nullable Subseeds subseeds() {
        if (!settings.flag("enable_subseed_scheduling")) {
            return null;
        }
        double[] strengths = settings.curve("subseed_strength_schedule", span, 0, 1);
        return new Subseeds(settings.curve("subseed_schedule", span), strengths, span.seed());
    }

    private Prompts prompts() {
        AnimationSettings asked = job.settings();
        Map<String, String> texts =
                asked.prompts().isEmpty() ? Map.of("0", job.sampling().prompts().getFirst()) : asked.prompts();
        Prompts prompts = Prompts.parse("prompts", texts, span);
        if (!asked.negativePrompts().isEmpty()) {
            prompts = prompts.withNegatives("negative_prompts", asked.negativePrompts());
        }
        String negative = Optional.ofNullable(job.sampling().negativePrompt()).orElse("");
        return prompts.withShared(
                settings.text("animation_prompts_positive"),
                (settings.text("animation_prompts_negative") + " " + negative).strip());
    }

    private ColorCoherence coherence(AnimationMode mode) {
        ColorCoherence coherence =
                ColorCoherence.called(settings.key("color_coherence"), settings.text("color_coherence"));
        if (coherence.of() == ColorCoherence.Of.IMAGE && job.images().isEmpty()) {
            throw JobException.badInput(
                    settings.key("color_coherence") + ": Image needs the job's image, whose colours frames keep");
        }
        if (mode.isChained() || coherence.of() != ColorCoherence.Of.FIRST) {
            return coherence;
        }
        if (coherence.space() != null && settings.isUnusual("color_coherence")) {
            notes.add(settings.key("color_coherence") + ": frames keep the first one's colours in 2D and 3D alone");
        }
        return ColorCoherence.NONE;
    }

    private Overlay.@Nullable Edge mask() {
        boolean isTurnedOff = settings.isStated("use_mask") && !settings.flag("use_mask");
        if (job.mask() == null) {
            if (settings.isStated("use_mask") && settings.flag("use_mask")) {
                throw JobException.badInput(settings.key("use_mask") + ": is true, but the job has no mask: send the"
                        + " picture as the field mask, for mask_file is not read");
            }
            return null;
        }
        if (isTurnedOff || settings.isStated("overlay_mask") && !settings.flag("overlay_mask")) {
            throw JobException.badInput(settings.key(isTurnedOff ? "use_mask" : "overlay_mask")
                    + ": is false, so the job's mask is of no use: leave it out");
        }
        return new Overlay.Edge(
                settings.flag("invert_mask"),
                settings.number("mask_contrast_adjust", 0, 100),
                settings.number("mask_brightness_adjust", 0, 100),
                settings.number("mask_overlay_blur", 0, 64));
    }

    /** An image is the start, unless the job says that it is not: then it must be of use for its colours. */
    private boolean startsFromImage(AnimationMode mode, ColorCoherence coherence) {
        boolean isStart = !job.images().isEmpty() && (!settings.isStated("use_init") || settings.flag("use_init"));
        if (!job.images().isEmpty() && !isStart && coherence.of() != ColorCoherence.Of.IMAGE && job.mask() == null) {
            throw JobException.badInput(settings.key("use_init")
                    + ": is false, so the job's image is of no use: leave it out, or send color_coherence Image");
        }
        if (isStart && mode == AnimationMode.VIDEO && coherence.of() != ColorCoherence.Of.IMAGE && job.mask() == null) {
            throw JobException.badInput(
                    "image: is of no use with animation_mode Video Input, which draws from the video:"
                            + " leave it out, or send color_coherence Image, or a mask");
        }
        if (job.images().isEmpty() && settings.isStated("use_init") && settings.flag("use_init")) {
            throw JobException.badInput(settings.key("use_init") + ": is true, but the job has no image");
        }
        return isStart && mode != AnimationMode.VIDEO;
    }

    private double @Nullable [] steps() {
        int most = limits.pictures().steps();
        if (settings.flag("enable_steps_scheduling")) {
            return settings.curve("steps_schedule", span, 1, most);
        }
        if (job.sampling().steps() != null || !settings.isStated("num_inference_steps")) {
            return null;
        }
        double[] steps = new double[span.frames()];
        Arrays.fill(steps, settings.whole("num_inference_steps", 1, most));
        return steps;
    }

    /** A file of Deforum always has a scale; not every model reads one. */
    private double @Nullable [] guidance() {
        if (job.sampling().guidanceScale() != null || !settings.isStated("cfg_scale_schedule")) {
            return null;
        }
        double[] scales = settings.curve("cfg_scale_schedule", span, 0, 100);
        boolean isTaken = Arrays.stream(scales).distinct().allMatch(takes::guidance);
        if (!isTaken) {
            notes.add(settings.key("cfg_scale_schedule") + ": this model does not read these scales: its own is taken");
        }
        return isTaken ? scales : null;
    }

    private @Nullable Framing framing() {
        Sampling sampling = job.sampling();
        boolean hasWidth = settings.isStated("width");
        boolean hasHeight = settings.isStated("height");
        if (sampling.framing() != null || !hasWidth && !hasHeight) {
            return sampling.framing();
        }
        if (!hasWidth || !hasHeight) {
            throw JobException.badInput("W and H: must be sent together");
        }
        int longest = 1 << 14;
        return new Framing.Exact(new Size(settings.whole("width", 1, longest), settings.whole("height", 1, longest)));
    }

    private FrameNoise noise() {
        try {
            return new FrameNoise(
                    settings.choice("noise_type", FrameNoise.Kind.class),
                    settings.whole("perlin_w", 1, 2048),
                    settings.whole("perlin_h", 1, 2048),
                    settings.whole("perlin_octaves", 1, 12),
                    settings.number("perlin_persistence", 0, 10));
        } catch (IllegalArgumentException e) {
            throw JobException.badInput(String.valueOf(e.getMessage()));
        }
    }
}
