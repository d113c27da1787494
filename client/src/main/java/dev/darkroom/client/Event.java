package dev.darkroom.client;

/** Something that happens to a job while it is on its way. */
public sealed interface Event {
    /** The job waits for a worker, at first or again. */
    record Queued() implements Event {}

    /** A worker begins with the job. */
    record Started() implements Event {}

    /**
     * Denoising steps are done.
     *
     * @param step so many of all pictures together
     * @param steps as there will be
     */
    record Progress(int step, int steps) implements Event {
        /** Returns how much is done, from 0 to 1. */
        public double part() {
            return steps == 0 ? 0 : (double) step / steps;
        }
    }

    /**
     * A small JPEG shows a picture that is not finished; jobs ask for it by {@code previews}.
     *
     * @param index which output of the job, from 0
     * @param step so many steps of this picture are done
     * @param steps as it will have
     * @param width in pixels
     * @param height in pixels
     * @param file the JPEG
     */
    @SuppressWarnings("ArrayRecordComponent") // events are read, and not compared
    record Preview(int index, int step, int steps, int width, int height, byte[] file) implements Event {}

    /**
     * A picture is finished, maybe before others of the same job.
     *
     * @param index which output of the job, from 0
     * @param picture which can be had at once
     */
    record PictureReady(int index, Picture picture) implements Event {}
}
