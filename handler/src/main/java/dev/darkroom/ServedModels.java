package dev.darkroom;

import dev.darkroom.job.Faults;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.model.Fit;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Chooses one of this worker's models for a job: the one that the job names; or the first that is made for the job's images; or the first
 * that can do the job at all.
 */
final class ServedModels {
    private final List<ServedModel> models;

    /** @param models the default first */
    ServedModels(List<ServedModel> models) {
        this.models = List.copyOf(models);
    }

    /**
     * Chooses the model for a job. Where none suits it is the first, whose check says what is wrong.
     *
     * @throws JobException if this worker has no model of the name that the job gives
     */
    ServedModel choose(Job job) {
        String name = job.envelope().model();
        if (name != null) {
            return models.stream()
                    .filter(model -> model.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> unknown(name, names()));
        }
        return first(job, Fit.MADE_FOR).or(() -> first(job, Fit.ABLE)).orElseGet(models::getFirst);
    }

    private Optional<ServedModel> first(Job job, Fit fit) {
        return models.stream().filter(model -> model.model().fit(job) == fit).findFirst();
    }

    /**
     * Refuses a job that no model of this worker can do.
     *
     * @throws JobException that lists every field at fault
     */
    void check(Job job) {
        ServedModel chosen = choose(job);
        try {
            chosen.model().check(job);
        } catch (JobException e) {
            boolean noneSuits = models.size() > 1
                    && job.envelope().model() == null
                    && chosen.model().fit(job) == Fit.UNABLE;
            throw noneSuits
                    ? JobException.badInput(
                            e.getMessage() + "; model: none of " + String.join(", ", names()) + " can do such a job")
                    : e;
        }
    }

    /** Makes the error of a job that names a model which is not among these. */
    static JobException unknown(String name, Collection<String> names) {
        return JobException.badInput(
                "model: must be one of " + String.join(", ", names) + ", not " + Faults.quoted(name));
    }

    private List<String> names() {
        return models.stream().map(ServedModel::name).toList();
    }
}
