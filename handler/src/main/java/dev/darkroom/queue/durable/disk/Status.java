package dev.darkroom.queue.durable.disk;

/** The status of a job, in RunPod's words. */
public enum Status {
    IN_QUEUE,
    IN_PROGRESS,
    COMPLETED,
    FAILED,
    CANCELLED,
    TIMED_OUT;

    public boolean isFinal() {
        return this != IN_QUEUE && this != IN_PROGRESS;
    }
}
