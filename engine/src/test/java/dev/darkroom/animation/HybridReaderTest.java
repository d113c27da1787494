package dev.darkroom.animation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.animation.curve.Span;
import dev.darkroom.animation.flow.FlowCheck;
import dev.darkroom.animation.hybrid.CompositeMask.Equalizing;
import dev.darkroom.animation.hybrid.CompositeMask.Type;
import dev.darkroom.animation.hybrid.CompositeTime;
import dev.darkroom.animation.hybrid.HybridMotion;
import dev.darkroom.animation.hybrid.HybridSettings;
import dev.darkroom.job.JobException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HybridReaderTest {
    private static final Span SPAN = new Span(11, 7);

    @Test
    void withoutSettingsFramesFollowNothing() {
        HybridSettings hybrid = read(new PlanNotes());

        assertThat(hybrid.isOn()).isFalse();
        assertThat(hybrid.takesDepth()).isFalse();
        assertThat(hybrid.alpha()).containsOnly(0.5).hasSize(11);
    }

    @Test
    void everySettingIsRead() {
        var notes = new PlanNotes();
        HybridSettings hybrid = read(
                notes,
                "hybrid_motion",
                "optical flow",
                "hybrid_composite",
                "Before Motion",
                "hybrid_flow_method",
                "Farneback",
                "hybrid_flow_consistency",
                "true",
                "hybrid_consistency_blur",
                "3",
                "hybrid_motion_use_prev_img",
                "true",
                "hybrid_flow_factor_schedule",
                "0:(0), 10:(-1)",
                "hybrid_comp_alpha_schedule",
                "0:(0), 10:(1)",
                "hybrid_comp_mask_type",
                "Video Depth",
                "hybrid_comp_mask_inverse",
                "true",
                "hybrid_comp_mask_equalize",
                "Both",
                "hybrid_comp_mask_auto_contrast",
                "true",
                "hybrid_comp_mask_contrast_schedule",
                "0:(2)",
                "hybrid_comp_mask_blend_alpha_schedule",
                "0:(0.25)",
                "hybrid_comp_mask_auto_contrast_cutoff_low_schedule",
                "5",
                "hybrid_comp_mask_auto_contrast_cutoff_high_schedule",
                "95");

        assertThat(hybrid.isOn()).isTrue();
        assertThat(hybrid.takesDepth()).isTrue();
        assertThat(hybrid.motion()).isEqualTo(HybridMotion.OPTICAL_FLOW);
        assertThat(hybrid.time()).isEqualTo(CompositeTime.BEFORE_MOTION);
        assertThat(hybrid.isFromFrames()).isTrue();
        assertThat(hybrid.check()).isEqualTo(new FlowCheck(3));
        assertThat(hybrid.flowFactor()[5]).isEqualTo(-0.5);
        assertThat(hybrid.alpha()[5]).isEqualTo(0.5);
        assertThat(hybrid.mask().type()).isEqualTo(Type.VIDEO_DEPTH);
        assertThat(hybrid.mask().isInverted()).isTrue();
        assertThat(hybrid.mask().equalizing()).isEqualTo(Equalizing.BOTH);
        assertThat(hybrid.mask().isStretched()).isTrue();
        assertThat(hybrid.mask().contrast()).containsOnly(2);
        assertThat(hybrid.mask().blend()).containsOnly(0.25);
        assertThat(hybrid.mask().low()).containsOnly(5);
        assertThat(hybrid.mask().high()).containsOnly(95);
        assertThat(notes.list())
                .containsExactly("hybrid_flow_method: optical flow is found by one method here, whichever is named");
    }

    @ParameterizedTest
    @CsvSource({"None, NONE", "false, NONE", "true, NORMAL", "normal, NORMAL", "After Generation, AFTER_GENERATION"})
    void theTimeOfLayingOverIsReadInEitherSpelling(String text, CompositeTime time) {
        assertThat(read(new PlanNotes(), "hybrid_composite", text).time()).isEqualTo(time);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            hybrid_motion                         | RAFT       | hybrid_motion: must be one of none, optical flow, affine, perspective, not RAFT
            hybrid_composite                      | sometimes  | hybrid_composite: must be one of none, before motion, normal, after generation, not sometimes
            hybrid_comp_mask_type                 | Depths     | hybrid_comp_mask_type: must be one of none, depth, video depth, blend, difference, not Depths
            hybrid_comp_mask_equalize             | Never      | hybrid_comp_mask_equalize: must be one of none, before, after, both, not Never
            hybrid_comp_mask_inverse              | maybe      | hybrid_comp_mask_inverse: must be true or false, not maybe
            hybrid_consistency_blur               | 17         | hybrid_consistency_blur: must be from 0 to 16, not 17
            hybrid_comp_alpha_schedule            | 0:(1.5)    | hybrid_comp_alpha_schedule, in frame 0: must be from 0 to 1, not 1.5
            hybrid_comp_alpha_schedule            | 0:(t/5)    | hybrid_comp_alpha_schedule, in frame 6: must be from 0 to 1, not 1.2
            hybrid_comp_mask_blend_alpha_schedule | 0:(-1)     | hybrid_comp_mask_blend_alpha_schedule, in frame 0: must be from 0 to 1, not -1
            hybrid_comp_mask_contrast_schedule    | 0:(101)    | hybrid_comp_mask_contrast_schedule, in frame 0: must be from 0 to 100, not 101
            hybrid_flow_factor_schedule           | 0:(1+)     | hybrid_flow_factor_schedule: key 0, column 6:
            hybrid_flow_factor_schedule           | 0:(log(0)) | hybrid_flow_factor_schedule
            """)
    void aSettingThatCannotBeIsRefusedByItsName(String key, String value, String message) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> read(new PlanNotes(), key, value))
                .withMessageContaining(message);
    }

    @Test
    void cutoffsMustLeaveSomethingBetweenThem() {
        String low = "hybrid_comp_mask_auto_contrast_cutoff_low_schedule";
        read(new PlanNotes(), low, "100");
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> read(new PlanNotes(), low, "0:(0), 10:(100)", "hybrid_comp_mask_auto_contrast", "1"))
                .withMessage(low + ": must be below the high one by 1, not 100.0 and 100.0, in frame 10");
    }

    private static HybridSettings read(PlanNotes notes, String... settings) {
        Settings read = Settings.of(Wanted.ZOOM.with(settings).job().settings());
        return new HybridReader(read, SPAN, notes).read();
    }
}
