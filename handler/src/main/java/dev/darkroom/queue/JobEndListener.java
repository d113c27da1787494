package dev.darkroom.queue;

/** A listener that hears of each job once, how it ended. Called from any thread; must return at once. */
@FunctionalInterface
public interface JobEndListener {
    /** Called when a job has ended. */
    void ended(JobEnd end);
}
