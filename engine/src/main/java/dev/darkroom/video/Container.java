package dev.darkroom.video;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Size;
import dev.darkroom.job.VideoFormat;

/** What each format that videos are written in can hold. */
enum Container {
    /** H.264 (High profile, 4:2:0) by OpenH264, with the index in front, so that it plays while it loads. */
    MP4("MP4", 120, 16, 9_437_184),
    /** VP9 (4:2:0) by libvpx. */
    WEBM("WebM", 120, 2, 1L << 26),
    /** 256 colours for the whole video, dithered; browsers show pauses of less than 20 ms as 100 ms. */
    GIF("GIF", 50, 1, 1L << 26),
    /** An animation of lossy WebP pictures; frames that can hardly be told apart become one that lasts longer. */
    WEBP("animated WebP", 120, 1, 1L << 26),
    /** Each frame as a PNG file, in a ZIP archive: {@code frame-00001.png} and so on. */
    ZIP("ZIP of PNG files", 120, 1, 1L << 26);

    private static final int LONGEST_SIDE = 16_383;

    private final String title;
    private final int mostFps;
    private final int shortestSide;
    private final long mostPixels;

    Container(String title, int mostFps, int shortestSide, long mostPixels) {
        this.title = title;
        this.mostFps = mostFps;
        this.shortestSide = shortestSide;
        this.mostPixels = mostPixels;
    }

    static Container of(VideoFormat format) {
        return switch (format) {
            case MP4 -> MP4;
            case WEBM -> WEBM;
            case GIF -> GIF;
            case WEBP -> WEBP;
            case ZIP -> ZIP;
        };
    }

    /** Returns the size of a video whose frames are of {@code size}: where sides are even, the last column or row is repeated. */
    Size sizeOf(Size size) {
        return this == MP4 || this == WEBM ? size.ceilTo(2) : size;
    }

    /**
     * Refuses what it cannot hold.
     *
     * @throws JobException that names the field and the limit
     */
    void check(Size size, FrameRate rate) {
        int shorter = Math.min(size.width(), size.height());
        int longer = Math.max(size.width(), size.height());
        if (shorter < shortestSide || longer > LONGEST_SIDE || sizeOf(size).area() > mostPixels) {
            throw JobException.badInput("size: must have sides from " + shortestSide + " to " + LONGEST_SIDE
                    + " and at most " + mostPixels + " pixels for " + title + ", not " + size);
        }
        if (rate.fps() > mostFps) {
            throw JobException.badInput("fps: must be at most " + mostFps + " for " + title + ", not " + rate.fps());
        }
    }
}
