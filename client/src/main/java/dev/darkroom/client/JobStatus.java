package dev.darkroom.client;

import java.util.Optional;

/**
 * Where a job stands.
 *
 * @param id of the job
 * @param state in RunPod's words
 * @param progress of a running job, once there is some
 * @param result of a completed job, or of a cancelled one that was to keep what it had
 * @param failure why a job has ended otherwise
 */
public record JobStatus(
        String id,
        State state,
        Optional<Event.Progress> progress,
        Optional<Result> result,
        Optional<DarkroomException> failure) {
    /** The states of a job, in the words of RunPod's endpoint API. */
    public enum State {
        /** It waits for a worker. */
        IN_QUEUE,
        /** A worker has it. */
        IN_PROGRESS,
        /** It has a result. */
        COMPLETED,
        /** It has ended without a result. */
        FAILED,
        /** It was withdrawn; an animation that was to keep its frames has a result then. */
        CANCELLED,
        /** It took longer than its time limit. */
        TIMED_OUT;

        /** Returns true if nothing will change any more. */
        public boolean isFinal() {
            return this != IN_QUEUE && this != IN_PROGRESS;
        }
    }
}
