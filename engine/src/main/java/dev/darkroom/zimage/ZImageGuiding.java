package dev.darkroom.zimage;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.tensor.Tensor;

/**
 * How a checkpoint's two passes of true CFG become one, as {@code darkroom.json} has it.
 *
 * @param normalization largest length of the result, compared to the prediction for the prompt; 0 for no bound
 * @param truncation time, 1 − noise level, beyond which steps take one pass
 */
public record ZImageGuiding(double normalization, double truncation) {
    /** The reference's own: no bound, and two passes in every step. */
    public static final ZImageGuiding USUAL = new ZImageGuiding(0, 1);

    private static final double LARGEST = 100;

    /**
     * Reads {@code cfg_normalization}, where true is 1 and false is 0, and {@code cfg_truncation}.
     *
     * @throws dev.darkroom.checkpoint.CheckpointException that names the field at fault
     */
    static ZImageGuiding read(ConfigFile darkroom) {
        double normalization = darkroom.isFlag("cfg_normalization")
                ? darkroom.flag("cfg_normalization", false) ? 1 : 0
                : darkroom.number("cfg_normalization", USUAL.normalization, 0, LARGEST);
        return new ZImageGuiding(normalization, darkroom.number("cfg_truncation", USUAL.truncation, 0, 1));
    }

    /** True if a step at this time takes one pass. */
    boolean isTruncated(double time) {
        return time > truncation;
    }

    /** Makes one prediction {@code [B, S, 4C]} of two, in float32. */
    Tensor guide(Tensor prediction, Tensor negative, double scale) {
        return normalization > 0
                ? FlowMatchSchedule.guideUpToLength(prediction, negative, scale, normalization)
                : FlowMatchSchedule.guide(prediction, negative, scale);
    }
}
