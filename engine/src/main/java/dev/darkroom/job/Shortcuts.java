package dev.darkroom.job;

import org.jspecify.annotations.Nullable;

/**
 * Ways to draw faster and less exactly, which a job has to ask for.
 *
 * @param goFast true asks for all of them that the model and its device have, each at a cautious setting
 * @param stepCache relative change of the first block below which a step reuses what the other blocks did in an earlier one, from 0 (never)
 *     to 1; null leaves it to {@code goFast}
 */
public record Shortcuts(boolean goFast, @Nullable Double stepCache) {
    /** The exact way. */
    public static final Shortcuts NONE = new Shortcuts(false, null);

    /** Threshold of the step cache that {@code goFast} brings. */
    public static final double CAUTIOUS = 0.08;

    /** Largest threshold: with it a change as large as the first block's own work would count as none. */
    public static final double LARGEST = 1;

    /**
     * Checks the threshold's range.
     *
     * @throws JobException that names the field and the range
     */
    public Shortcuts {
        new Faults().range("step_cache", stepCache, 0, LARGEST).refuse();
    }

    /** The step cache's threshold; 0 for none. */
    public double threshold() {
        return stepCache != null ? stepCache : goFast ? CAUTIOUS : 0;
    }
}
