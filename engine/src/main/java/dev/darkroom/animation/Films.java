package dev.darkroom.animation;

import dev.darkroom.image.Inscription;
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
     * @param edited true if frames are made from pictures that the job brings
     * @param label what the file is to say of how it came about; null for nothing
     * @param delivery what else the job asks of its file
     */
    record Wish(
            VideoFormat format,
            Size size,
            int frames,
            double fps,
            int quality,
            boolean edited,
            Inscription.@Nullable Label label,
            Delivery delivery) {
        /** Returns the same with another label. */
        public Wish saying(Inscription.Label other) {
            return new Wish(format, size, frames, fps, quality, edited, other, delivery);
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
