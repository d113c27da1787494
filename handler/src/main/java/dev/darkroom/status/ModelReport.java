package dev.darkroom.status;

import java.util.List;
import java.util.Optional;

/** Whoever knows which models this worker serves, and on what. */
@FunctionalInterface
public interface ModelReport {
    /**
     * What is served now.
     *
     * @param device that networks compute on where there is room, in words
     * @param models the default first
     */
    record Served(String device, List<WorkerStatus.Model> models) {}

    /** Returns what is served; empty while the worker starts. */
    Optional<Served> served();
}
