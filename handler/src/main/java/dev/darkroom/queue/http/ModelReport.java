package dev.darkroom.queue.http;

import dev.darkroom.job.JobResult;
import dev.darkroom.job.Size;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whoever knows the models that this worker serves. */
@FunctionalInterface
public interface ModelReport {
    /** A kind of jobs, by what they bring beside words. */
    enum Task {
        /** Nothing. */
        TEXT_TO_IMAGE("text to image"),
        /** A picture to start from, and how much of it is given up. */
        IMAGE_TO_IMAGE("image to image"),
        /** Pictures to edit, or to refer to. */
        EDIT("edit"),
        /** A picture, and a mask of what is painted anew. */
        FILL("paint within a mask");

        private final String word;

        Task(String word) {
            this.word = word;
        }

        /** Returns the name of the kind for people. */
        public String word() {
            return word;
        }
    }

    /**
     * A model that jobs may name.
     *
     * @param since when it was there, in seconds since 1970
     * @param tasks the kinds of jobs that it can do, in their order; true for those that it is made for
     * @param mostImages how many images a job may bring; 0 for none
     * @param readsGuidance whether a guidance scale is embedded in it
     * @param license that its card states; null if it states none
     */
    record Model(
            String name,
            long since,
            Map<Task, Boolean> tasks,
            int mostImages,
            Defaults defaults,
            boolean readsGuidance,
            JobResult.@Nullable License license) {
        /** Returns the scale of true CFG that it takes by itself; up to 1 it makes one pass a step. */
        public double trueCfgScale() {
            return defaults.trueCfgScale();
        }

        /** Returns true if it is made for such jobs. */
        public boolean isMadeFor(Task task) {
            return tasks.getOrDefault(task, false);
        }
    }

    /** What a model takes where a job is silent. */
    record Defaults(Size size, int steps, double guidanceScale, double trueCfgScale) {}

    /** Returns all models, the default first; empty while the worker starts. */
    List<Model> now();

    /** Returns the model that does jobs of a kind which name none; empty while the worker starts. */
    default Optional<Model> chosenFor(Task task) {
        List<Model> all = now();
        return all.stream()
                .filter(model -> model.isMadeFor(task))
                .findFirst()
                .or(() -> all.stream()
                        .filter(model -> model.tasks().containsKey(task))
                        .findFirst())
                .or(() -> all.stream().findFirst());
    }
}
