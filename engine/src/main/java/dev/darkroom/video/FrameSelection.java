package dev.darkroom.video;

/**
 * The frames of a video that are wanted.
 *
 * @param first index of the first one, from 0
 * @param end index behind the last one; may be beyond the video's end
 * @param every 1 for all of them, 2 for every other one, and so on
 */
public record FrameSelection(long first, long end, int every) {
    public static final FrameSelection ALL = new FrameSelection(0, Long.MAX_VALUE, 1);

    public FrameSelection {
        if (first < 0 || end <= first || every < 1) {
            throw new IllegalArgumentException("no frames from " + first + " to " + end + ", every " + every);
        }
    }

    /** Number of frames that this is of a video of {@code frames}. */
    public long count(long frames) {
        return Math.max(0, Math.ceilDiv(Math.min(end, frames) - first, every));
    }
}
