package dev.darkroom.video;

import dev.darkroom.job.Size;
import dev.darkroom.video.ffmpeg.Child;
import dev.darkroom.video.ffmpeg.Ffmpeg;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Asks {@code ffprobe} what a file is, before anything of it is decoded for its pixels. */
final class VideoProbe {
    /** Codecs that are read, by their names; what is rarer is not worth its decoder's faults. */
    private static final List<String> CODECS =
            List.of("h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mjpeg", "prores", "gif");

    /** Decoders: as the codecs, but for the one that has another's library. */
    static final String DECODERS = String.join(",", CODECS) + ",libaom-av1";

    private static final String WANTED = "stream=codec_name,width,height,avg_frame_rate,r_frame_rate,nb_read_packets,"
            + "duration,sample_aspect_ratio,color_space:stream_side_data=rotation:format=duration";
    private static final int LONGEST_ANSWER = 1 << 14;

    private final Ffmpeg ffmpeg;
    private final VideoLimits limits;
    private final VideoFault fault;

    VideoProbe(Ffmpeg ffmpeg, VideoLimits limits, VideoFault fault) {
        this.ffmpeg = ffmpeg;
        this.limits = limits;
        this.fault = fault;
    }

    /** Arguments with which both programs read their standard input, as a file of one kind and nothing else. */
    static List<String> input(VideoKind kind) {
        return List.of("-protocol_whitelist", "fd", "-codec_whitelist", DECODERS, "-f", kind.demuxer());
    }

    /** Finds out what a file is. */
    VideoDescription look(VideoKind kind, Path file) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(input(kind));
        arguments.addAll(List.of("-threads", "1", "-select_streams", "V:0", "-show_entries", WANTED, "-count_packets"));
        arguments.addAll(List.of("-read_intervals", "%+#" + (limits.mostFrames() + 1), "-of", "flat", "-i", "fd:"));
        try (Child process = ffmpeg.probe(file, limits.process(), arguments)) {
            if (!process.await(limits.patience())) {
                throw fault.tooSlow();
            }
            String answer = new String(process.output().readNBytes(LONGEST_ANSWER), StandardCharsets.UTF_8);
            if (process.exitCode() != 0) {
                throw fault.of(process);
            }
            return description(kind, values(answer));
        }
    }

    private static Map<String, String> values(String answer) {
        Map<String, String> values = new HashMap<>();
        answer.lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0) {
                String name = line.substring(0, equals);
                values.putIfAbsent(
                        name.replaceFirst("^streams\\.stream\\.0\\.", "").replaceFirst("\\.\\d+\\.", "."),
                        line.substring(equals + 1).replace("\"", ""));
            }
        });
        return values;
    }

    private VideoDescription description(VideoKind kind, Map<String, String> values) {
        String codec = values.getOrDefault("codec_name", "");
        if (codec.isEmpty()) {
            throw fault.badInput("the file holds no video");
        }
        if (!CODECS.contains(codec)) {
            throw fault.badInput("the codec must be one of " + String.join(", ", CODECS) + ", not "
                    + codec.replaceAll("[^\\w-]", ""));
        }
        Size size = size(values);
        long frames = number(values, "nb_read_packets");
        if (frames < 1) {
            throw fault.damaged("it has no frames");
        }
        return VideoDescription.of(kind, codec, size, frames, values);
    }

    private Size size(Map<String, String> values) {
        long width = number(values, "width");
        long height = number(values, "height");
        if (width < 1 || height < 1) {
            throw fault.badInput("must have sides of at most " + limits.longestSide() + " and at most "
                    + limits.mostPixels() + " pixels, but its size is none that can be read");
        }
        return new Size(Math.toIntExact(width), Math.toIntExact(height));
    }

    private static long number(Map<String, String> values, String name) {
        String text = values.getOrDefault(name, "");
        return text.matches("\\d{1,9}") ? Long.parseLong(text) : 0;
    }
}
