package dev.darkroom.animation;

import dev.darkroom.animation.curve.Span;
import dev.darkroom.animation.flow.FlowCheck;
import dev.darkroom.animation.hybrid.CompositeMask;
import dev.darkroom.animation.hybrid.CompositeTime;
import dev.darkroom.animation.hybrid.HybridMotion;
import dev.darkroom.animation.hybrid.HybridSettings;
import dev.darkroom.job.JobException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads how frames follow a video. */
record HybridReader(Settings settings, Span span, PlanNotes notes) {
    private static final double MOST_CONTRAST = 100;

    /**
     * Reads all of it.
     *
     * @throws JobException that names the setting, and in schedules the key and the column, or the range and the frame
     */
    HybridSettings read() {
        HybridMotion motion = settings.choice("hybrid_motion", HybridMotion.class);
        checkMethod(motion);
        return new HybridSettings(
                time(settings),
                settings.curve("hybrid_comp_alpha_schedule", span, 0, 1),
                mask(),
                motion,
                settings.flag("hybrid_motion_use_prev_img"),
                check(),
                settings.curve("hybrid_flow_factor_schedule", span, -FlowMethods.FARTHEST, FlowMethods.FARTHEST));
    }

    private void checkMethod(HybridMotion motion) {
        String method = "hybrid_flow_method";
        boolean isOn = FlowMethods.isOn(settings, method);
        if (motion == HybridMotion.OPTICAL_FLOW && settings.isStated(method)) {
            if (!isOn) {
                throw JobException.badInput(
                        settings.key(method) + ": must name one where hybrid_motion is Optical Flow, or be left out");
            }
            FlowMethods.tell(settings, method, notes);
        }
    }

    private @Nullable FlowCheck check() {
        double blur = settings.number("hybrid_consistency_blur", 0, 16);
        return settings.flag("hybrid_flow_consistency") ? new FlowCheck(blur) : null;
    }

    /** In the classic notebook it is a flag, which always means the usual time. */
    static CompositeTime time(Settings settings) {
        return switch (settings.text("hybrid_composite").toLowerCase(Locale.ROOT)) {
            case "false", "0", "0.0", "no", "off" -> CompositeTime.NONE;
            case "true", "1", "1.0", "yes", "on" -> CompositeTime.NORMAL;
            default -> settings.choice("hybrid_composite", CompositeTime.class);
        };
    }

    private CompositeMask mask() {
        boolean isStretched = settings.flag("hybrid_comp_mask_auto_contrast");
        double[] low = settings.curve("hybrid_comp_mask_auto_contrast_cutoff_low_schedule", span, 0, 100);
        double[] high = settings.curve("hybrid_comp_mask_auto_contrast_cutoff_high_schedule", span, 0, 100);
        for (int frame = 0; frame < low.length && isStretched; frame++) {
            if (!((int) low[frame] < (int) high[frame])) {
                throw JobException.badInput(settings.key("hybrid_comp_mask_auto_contrast_cutoff_low_schedule")
                        + ": must be below the high one by 1, not " + low[frame] + " and " + high[frame] + ", in frame "
                        + frame);
            }
        }
        return new CompositeMask(
                settings.choice("hybrid_comp_mask_type", CompositeMask.Type.class),
                settings.flag("hybrid_comp_mask_inverse"),
                settings.choice("hybrid_comp_mask_equalize", CompositeMask.Equalizing.class),
                isStretched,
                settings.curve("hybrid_comp_mask_blend_alpha_schedule", span, 0, 1),
                settings.curve("hybrid_comp_mask_contrast_schedule", span, 0, MOST_CONTRAST),
                low,
                high);
    }
}
