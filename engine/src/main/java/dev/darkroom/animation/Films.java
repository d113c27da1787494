package dev.darkroom.animation;

import dev.darkroom.job.Delivery;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Size;
import dev.darkroom.job.VideoFormat;
import org.jspecify.annotations.Nullable;

/** Makes films of frames. */
public interface Films {
    /**
     * What a film is to be.
     *
     * @param size of all frames
     * @param frames that will come
     * @param fps frames a second
     * @param quality 1 to 100, best
     * @param comment text that the file is to hold; null for none
     * @param delivery what else the job asks of its file
     */
    record Wish(
            VideoFormat format,
            Size size,
            int frames,
            double fps,
            int quality,
            @Nullable String comment,
            Delivery delivery) {
        /** Returns the same with another comment. */
        public Wish saying(String other) {
            return new Wish(format, size, frames, fps, quality, other, delivery);
        }
    }

    /**
     * Checks what a format can do, before anything is drawn.
     *
     * @throws JobException that names the field and the limit
     */
    void check(Wish wish);

    /** Begins a film. */
    Film begin(Wish wish);
}
