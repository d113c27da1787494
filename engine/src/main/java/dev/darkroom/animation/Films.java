package dev.darkroom.animation;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Size;
import dev.darkroom.job.VideoFormat;

/** Makes films of frames. */
public interface Films {
    /**
     * What a film is to be.
     *
     * @param size of all frames
     * @param fps frames a second
     * @param quality 1 to 100, best
     */
    record Wish(VideoFormat format, Size size, double fps, int quality) {}

    /**
     * Checks what a format can do, before anything is drawn.
     *
     * @throws JobException that names the field and the limit
     */
    void check(Wish wish);

    /** Begins a film. */
    Film begin(Wish wish);
}
