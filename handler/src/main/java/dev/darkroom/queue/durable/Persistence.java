package dev.darkroom.queue.durable;

/** The parts of a job that are on disk. */
sealed interface Persistence {
    /**
     * Nothing is on disk: the job ends with the process.
     *
     * @param request the body of its request
     * @param idKnown true once a caller has asked for the job by its id
     */
    record InMemory(byte[] request, boolean idKnown) implements Persistence {}

    /** Record and request are on disk: the job is done, or can be retried, even if the process dies. */
    record Complete() implements Persistence {}

    /** Record and answer are on disk: the job has ended and cannot be retried. */
    record WithoutRequest() implements Persistence {}

    /** Nothing is on disk and the request is gone: the answer of the ended job lasts as long as the process. */
    record None() implements Persistence {}

    /** Returns true if the job is known after the next start. */
    default boolean outlivesProcess() {
        return switch (this) {
            case Complete complete -> true;
            case WithoutRequest withoutRequest -> true;
            case InMemory inMemory -> false;
            case None none -> false;
        };
    }
}
