package dev.darkroom.queue.http;

import dev.darkroom.job.Size;
import java.util.List;

/** Whoever knows the models that this worker serves. */
@FunctionalInterface
public interface ModelReport {
    /**
     * A model that jobs may name.
     *
     * @param since when it was there, in seconds since 1970
     */
    record Model(String name, long since, Abilities can, Defaults defaults) {}

    /**
     * What a model does for jobs.
     *
     * @param draws from a prompt alone
     * @param edits changes pictures as a prompt says
     * @param starts draws pictures that start from another, to a strength
     * @param fills paints within a mask
     * @param mostImages how many pictures a job may bring; 0 for none
     */
    record Abilities(boolean draws, boolean edits, boolean starts, boolean fills, int mostImages) {}

    /** What a model takes where a job is silent; a scale of 1 or less is no second pass. */
    record Defaults(Size size, int steps, double guidanceScale, double trueCfgScale) {}

    /** Returns all models, the default first; empty while the worker starts. */
    List<Model> now();
}
