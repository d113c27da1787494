package dev.darkroom.queue.http;

/** How far a job is, in RunPod's words. */
enum Status {
    IN_QUEUE,
    IN_PROGRESS,
    COMPLETED,
    FAILED,
    CANCELLED,
    TIMED_OUT;

    boolean isFinal() {
        return this != IN_QUEUE && this != IN_PROGRESS;
    }
}
