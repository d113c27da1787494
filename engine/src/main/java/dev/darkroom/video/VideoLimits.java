package dev.darkroom.video;

import dev.darkroom.video.ffmpeg.ChildLimits;
import java.time.Duration;

/**
 * The largest video that is read, and what reading it may take.
 *
 * @param fileBytes of the file
 * @param longestSide width and height at most, in pixels
 * @param mostPixels width times height at most
 * @param mostFrames of the file
 * @param longest duration
 * @param patience time spent waiting for frames, all together; not the time that they are worked on
 * @param process what the process that decodes may take
 */
public record VideoLimits(
        long fileBytes,
        int longestSide,
        long mostPixels,
        long mostFrames,
        Duration longest,
        Duration patience,
        ChildLimits process) {
    /** The limits of a worker without settings: five minutes of video at 60 frames a second, up to 4K. */
    public static final VideoLimits STANDARD = new VideoLimits(
            512L << 20,
            4096,
            4096 * 2304,
            18_000,
            Duration.ofMinutes(5),
            Duration.ofMinutes(5),
            new ChildLimits(2L << 30, Duration.ofMinutes(10)));
}
