package dev.darkroom.queue.http;

import java.util.List;

/** Whoever knows the models that this worker serves. */
@FunctionalInterface
public interface ModelReport {
    /**
     * A model that jobs may name.
     *
     * @param since when it was there, in seconds since 1970
     */
    record Model(String name, long since) {}

    /** Returns all models, the default first; empty while the worker starts. */
    List<Model> now();
}
