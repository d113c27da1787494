package dev.darkroom.animation;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;

/** A file that is written frame by frame, while the next ones are drawn. For one thread at a time, but for closing. */
public interface Film extends AutoCloseable {
    /**
     * Adds a frame of the size that the film was begun with.
     *
     * @throws JobException if it cannot be written
     */
    void add(Picture frame);

    /**
     * Ends the film and returns its file.
     *
     * @throws JobException if it cannot be written
     */
    byte[] finish();

    /** Returns true if there is a mark in the pixels of each frame, once the film is finished. */
    default boolean isMarked() {
        return false;
    }

    /** Ends what is under way, and leaves nothing behind but what {@link #finish} returned. */
    @Override
    void close();
}
