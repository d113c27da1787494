package dev.darkroom.video;

import dev.darkroom.job.Size;
import java.time.Duration;

/**
 * What a video's file says of it.
 *
 * @param codec by FFmpeg's name, such as {@code h264}
 * @param size of its frames as they are shown: upright, with square pixels
 * @param rate on average, for frames of some files take different times
 * @param frames that the file holds; a few that are not shown may be among them
 */
public record VideoInfo(VideoKind kind, String codec, Size size, FrameRate rate, long frames, Duration duration) {}
