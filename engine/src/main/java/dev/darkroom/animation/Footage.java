package dev.darkroom.animation;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.video.FrameSelection;
import dev.darkroom.video.FrameStream;
import dev.darkroom.video.VideoFile;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The frames of a video that an animation follows, one for each of its own; behind the video's end its last one stays. Holds two at a time,
 * and gives them in ascending order only. The process that decodes them ends when this is closed.
 */
final class Footage implements AutoCloseable {
    private final FrameStream stream;
    private @Nullable Picture before;
    private @Nullable Picture current;
    private int index = -1;

    private Footage(FrameStream stream) {
        this.stream = stream;
    }

    /**
     * Begins to decode.
     *
     * @param size to which frames are scaled
     * @throws JobException if the video has none of the selected frames
     */
    static Footage of(VideoFile video, FrameSelection selection, Size size) {
        return new Footage(video.frames(selection, size));
    }

    /**
     * The video's frame for one of the animation; not before one that was asked for.
     *
     * @throws JobException if the video is damaged, or takes too long
     */
    Picture at(int frame) {
        try {
            while (index < frame) {
                Optional<Picture> next = stream.next();
                before = current;
                current = next.orElse(current);
                index++;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new JobException(JobException.Code.CANCELLED, "the worker was interrupted", e);
        }
        if (current == null) {
            throw new IllegalStateException("a video without frames"); // its stream tells before
        }
        return current;
    }

    /** The video's frame before the one that was asked for last; null if that is the first. */
    @Nullable
    Picture before() {
        return before;
    }

    @Override
    public void close() {
        stream.close();
    }
}
