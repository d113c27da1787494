package dev.darkroom.video;

import dev.darkroom.image.Inscription;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Size;
import dev.darkroom.job.VideoFormat;
import org.jspecify.annotations.Nullable;

/**
 * What a video is to be.
 *
 * @param size of all frames
 * @param quality on the scale of H.264's quantisers and of x264's CRF: 0 is best, 51 worst, 18 hard to tell from the frames. MP4: the
 *     quantiser of every frame, which OpenH264 keeps between 12 and 51. WebM: libvpx' CRF, 63/51 of it. WebP: libwebp's quality, from 100 down
 *     to 0. GIF and PNG take none
 * @param comment text that the file is to hold, where players show it as the comment; null for none
 * @param label what the file says of how it came about, in XMP; null for nothing; WebM has no place for it, and goes without
 */
public record VideoSettings(
        VideoFormat format,
        Size size,
        FrameRate rate,
        int quality,
        @Nullable String comment,
        Inscription.@Nullable Label label) {
    public static final int WORST = 51;
    private static final int LONGEST_COMMENT = 10_000;

    /** Checks what the format can do. */
    public VideoSettings {
        Container.of(format).check(size, rate);
        if (quality < 0 || quality > WORST) {
            throw JobException.badInput("quality: must be from 0 to " + WORST + ", not " + quality);
        }
        if (comment != null && (comment.length() > LONGEST_COMMENT || comment.indexOf('\0') >= 0)) {
            throw JobException.badInput(
                    "comment: must have at most " + LONGEST_COMMENT + " characters, none of them 0");
        }
    }

    /** A video without a label. */
    public VideoSettings(VideoFormat format, Size size, FrameRate rate, int quality, @Nullable String comment) {
        this(format, size, rate, quality, comment, null);
    }

    /** Returns the size of the video, which may be larger by a column and a row than its frames. */
    Size videoSize() {
        return Container.of(format).sizeOf(size);
    }
}
