package dev.darkroom.video;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Size;

/** The formats that videos are written in. */
public enum VideoFormat {
    /** H.264 (High profile, 4:2:0) by OpenH264, with the index in front, so that it plays while it loads. */
    MP4("MP4", "mp4", "video/mp4", 120, 16, 9_437_184),
    /** VP9 (4:2:0) by libvpx. */
    WEBM("WebM", "webm", "video/webm", 120, 2, 1L << 26),
    /** 256 colours for the whole video, dithered; browsers show pauses of less than 20 ms as 100 ms. */
    GIF("GIF", "gif", "image/gif", 50, 1, 1L << 26),
    /** An animation of lossy WebP pictures; frames that can hardly be told apart become one that lasts longer. */
    WEBP("animated WebP", "webp", "image/webp", 120, 1, 1L << 26),
    /** Each frame as a PNG file, in a ZIP archive: {@code frame-00001.png} and so on. */
    PNG_ZIP("ZIP of PNG files", "zip", "application/zip", 120, 1, 1L << 26);

    private static final int LONGEST_SIDE = 16_383;

    private final String title;
    private final String suffix;
    private final String mediaType;
    private final int mostFps;
    private final int shortestSide;
    private final long mostPixels;

    VideoFormat(String title, String suffix, String mediaType, int mostFps, int shortestSide, long mostPixels) {
        this.title = title;
        this.suffix = suffix;
        this.mediaType = mediaType;
        this.mostFps = mostFps;
        this.shortestSide = shortestSide;
        this.mostPixels = mostPixels;
    }

    /** Returns the format's name as people write it. */
    public String title() {
        return title;
    }

    /** Returns the end of a file's name, without the dot. */
    public String suffix() {
        return suffix;
    }

    /** Returns the media type, such as {@code video/mp4}. */
    public String mediaType() {
        return mediaType;
    }

    /** Returns the highest number of frames a second. */
    public int mostFps() {
        return mostFps;
    }

    /** True if it has sides of even length only: a picture's last column or row is then repeated. */
    boolean isEven() {
        return this == MP4 || this == WEBM;
    }

    /** Returns the size of a video in this format whose frames are of {@code size}. */
    public Size sizeOf(Size size) {
        return isEven() ? size.ceilTo(2) : size;
    }

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
