package dev.darkroom.video;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Size;
import dev.darkroom.video.ffmpeg.Ffmpeg;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads MP4, MOV, WebM, Matroska, GIF and AVI files that callers send. They are decoded in a process of its own, which has no name of any
 * file, opens none, has no network and no environment, knows the decoders of few codecs, and is limited in all it takes.
 */
public final class VideoReader {
    private final Ffmpeg ffmpeg;
    private final VideoLimits limits;

    public VideoReader(Ffmpeg ffmpeg, VideoLimits limits) {
        this.ffmpeg = ffmpeg;
        this.limits = limits;
    }

    /**
     * Looks at a file that a caller sent: all of its structure, none of its pixels.
     *
     * @param field of the payload, for errors
     * @throws JobException if the file is no video, is beyond the limits, or is seen to be damaged
     */
    public VideoFile open(String field, Path file) throws InterruptedException {
        try {
            return open(new VideoFault(field, limits), file);
        } catch (IOException e) {
            throw new JobException(JobException.Code.INTERNAL, field + ": the video cannot be read here", e);
        }
    }

    private VideoFile open(VideoFault fault, Path file) throws IOException, InterruptedException {
        long length = Files.size(file);
        if (length > limits.fileBytes()) {
            throw fault.badInput("must have at most " + limits.fileBytes() + " bytes, not " + length);
        }
        VideoKind kind;
        try (InputStream in = Files.newInputStream(file)) {
            kind = VideoKind.of(in.readNBytes(VideoKind.HEAD))
                    .orElseThrow(() -> fault.badInput("must be an MP4, MOV, WebM, Matroska, GIF or AVI video"));
        }
        var description = new VideoProbe(ffmpeg, limits, fault).look(kind, file);
        check(description.info(), fault);
        return new VideoFile(ffmpeg, limits, fault, file, description);
    }

    private void check(VideoInfo info, VideoFault fault) {
        Size size = info.size();
        if (Math.max(size.width(), size.height()) > limits.longestSide() || size.area() > limits.mostPixels()) {
            throw fault.badInput("must have sides of at most " + limits.longestSide() + " and at most "
                    + limits.mostPixels() + " pixels, not " + size);
        }
        if (info.frames() > limits.mostFrames()) {
            throw fault.badInput("must have at most " + limits.mostFrames() + " frames, not more");
        }
        if (info.duration().compareTo(limits.longest()) > 0) {
            throw fault.badInput("must last at most " + VideoFault.seconds(limits.longest()) + ", not "
                    + VideoFault.seconds(info.duration()));
        }
    }
}
