package dev.darkroom;

import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sample;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Residency;
import dev.darkroom.model.Sources;
import dev.darkroom.tensor.TensorException;
import dev.darkroom.weights.Loaded;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model under the name that callers choose it by.
 *
 * @param revision of its checkpoint: the commit it was taken from, where that is known
 * @param license that its card states; null if it states none
 * @param residency decides which models are in memory
 */
record ServedModel(
        String name,
        ImageModel model,
        @Nullable String revision,
        JobResult.@Nullable License license,
        Residency residency) {
    /** A model whose licence is not known. */
    ServedModel(String name, ImageModel model, @Nullable String revision, Residency residency) {
        this(name, model, revision, null, residency);
    }

    /** Returns the same model, whose networks another residency decides on. */
    ServedModel in(Residency other) {
        return new ServedModel(name, model, revision, license, other);
    }

    /**
     * Loads the model's networks for pictures of a job, on the GPU's thread.
     *
     * @return true if any network had to be loaded
     * @throws JobException if loading fails: with a checkpoint that was there when the worker started, that is no fault of the caller
     */
    boolean prepare(Job job, List<Sample> samples, Sources sources, Progress progress) {
        try {
            return residency.prepare(model.networks(), model.demand(job, samples, sources), progress);
        } catch (JobException e) {
            throw e;
        } catch (RuntimeException e) {
            if (e instanceof TensorException device && device.isDeviceLost()) {
                throw e;
            }
            if (e instanceof TensorException device && device.isOutOfMemory()) {
                throw new JobException(
                        JobException.Code.OUT_OF_MEMORY,
                        "memory ran out while the model " + name + " was loaded: ask for another one",
                        e);
            }
            throw new JobException(
                    JobException.Code.INTERNAL,
                    "the model " + name + " could not be loaded; the worker's log has more",
                    e);
        }
    }

    /** Divides pictures of a job into those that are drawn together, once the networks are loaded. */
    List<List<Sample>> batches(Job job, List<Sample> samples, Sources sources) {
        return model.batches(job, samples, sources);
    }

    /**
     * Draws pictures of a job together, on the GPU's thread. If memory runs out for a single picture, less of the model is kept on the card;
     * several are divided by the caller first.
     */
    List<Rendering> render(Job job, List<Sample> batch, Sources sources, Progress progress) {
        return batch.size() > 1
                ? model.render(job, batch, sources, progress)
                : residency.draw(
                        model,
                        model.demand(job, batch, sources),
                        progress,
                        () -> model.render(job, batch, sources, progress));
    }

    /** Returns the model's networks that are in memory. */
    List<Loaded<?>> loaded() {
        List<Loaded<?>> loaded = new ArrayList<>();
        model.networks().forEach(network -> network.loaded().ifPresent(loaded::add));
        return loaded;
    }

    /** Returns true if all networks are in memory: the model can draw at once. */
    boolean isLoaded() {
        return loaded().size() == model.networks().size();
    }
}
