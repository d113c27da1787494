package dev.darkroom.video;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Size;
import dev.darkroom.video.ffmpeg.Ffmpeg;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/** A video that a caller sent, whose frames are within the limits. */
public final class VideoFile {
    /** Height from which colours that say nothing of themselves are those of high-definition television. */
    private static final int HIGH_DEFINITION = 720;

    private final Ffmpeg ffmpeg;
    private final VideoLimits limits;
    private final VideoFault fault;
    private final Path file;
    private final VideoDescription description;

    VideoFile(Ffmpeg ffmpeg, VideoLimits limits, VideoFault fault, Path file, VideoDescription description) {
        this.ffmpeg = ffmpeg;
        this.limits = limits;
        this.fault = fault;
        this.file = file;
        this.description = description;
    }

    /** What the file says of the video. */
    public VideoInfo info() {
        return description.info();
    }

    /**
     * Digest of all of its bytes: SHA-256.
     *
     * @throws JobException if the file cannot be read any more
     */
    public byte[] digest() {
        try (var in = new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return in.getMessageDigest().digest();
        } catch (IOException e) {
            throw new JobException(JobException.Code.INTERNAL, fault.field() + ": the video cannot be read here", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    /** Decodes all frames in their own size. */
    public FrameStream frames() {
        return frames(FrameSelection.ALL, info().size());
    }

    /**
     * Decodes frames one by one, upright.
     *
     * @param size to which they are scaled, by Lanczos' filter, whatever their ratio
     * @throws JobException if the video is not that long
     */
    public FrameStream frames(FrameSelection selection, Size size) {
        long count = selection.count(info().frames());
        if (count == 0) {
            throw fault.badInput(
                    "the video has " + info().frames() + " frames, none from frame " + selection.first() + " on");
        }
        try {
            var process = ffmpeg.decode(file, limits.process(), arguments(selection, size, count));
            return new FrameStream(process, size, count, limits, fault);
        } catch (IOException e) {
            throw new JobException(JobException.Code.INTERNAL, fault.field() + ": the video cannot be read here", e);
        }
    }

    private List<String> arguments(FrameSelection selection, Size size, long count) {
        List<String> arguments = new ArrayList<>(List.of("-nostdin", "-xerror", "-hwaccel", "none", "-threads", "1"));
        arguments.addAll(List.of("-max_pixels", Long.toString(limits.mostPixels())));
        arguments.addAll(VideoProbe.input(info().kind()));
        arguments.addAll(List.of("-i", "fd:", "-map", "0:V:0", "-filter_threads", "1"));
        arguments.addAll(List.of("-vf", filters(selection, size), "-fps_mode", "passthrough"));
        arguments.addAll(List.of("-frames:v", Long.toString(count), "-c:v", "rawvideo", "-threads", "1"));
        arguments.addAll(List.of("-f", "rawvideo", "-protocol_whitelist", "pipe", "pipe:1"));
        return arguments;
    }

    private String filters(FrameSelection selection, Size size) {
        String select = "select=gte(n\\,%d)*not(mod(n-%d\\,%d)),"
                .formatted(selection.first(), selection.first(), selection.every());
        boolean television = description.isUntagged() && info().size().height() >= HIGH_DEFINITION;
        return (selection.first() == 0 && selection.every() == 1 ? "" : select)
                + "scale=" + size.width() + ":" + size.height() + (television ? ":in_color_matrix=bt709" : "")
                + ":flags=lanczos+accurate_rnd+full_chroma_int+full_chroma_inp,format=rgb24";
    }
}
