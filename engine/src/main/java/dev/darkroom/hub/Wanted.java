package dev.darkroom.hub;

import java.util.List;
import java.util.Set;

/** Which files of a repository the worker reads. */
sealed interface Wanted {
    /** All of a checkpoint. */
    Wanted CHECKPOINT = new Checkpoint(Set.of());

    /**
     * A checkpoint.
     *
     * @param without components whose weights come from elsewhere
     */
    record Checkpoint(Set<String> without) implements Wanted {}

    /** Single files, by their paths. */
    record Files(List<String> paths) implements Wanted {}
}
