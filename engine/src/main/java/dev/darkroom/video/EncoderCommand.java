package dev.darkroom.video;

import dev.darkroom.job.Size;
import dev.darkroom.job.VideoFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * FFmpeg's arguments for each format. All is chosen so that bytes do not depend on the machine: no versions in the files, and a number of
 * threads that is fixed where it matters.
 *
 * @see <a href="https://ffmpeg.org/ffmpeg-codecs.html">the codecs' options</a>
 */
final class EncoderCommand {
    /** Finished but for a comment. */
    static final String VIDEO = "video";

    private static final String FRAMES = "frames.nut";
    private static final String PALETTE = "palette.png";

    /** Scale of libvpx. */
    private static final int WORST_VP9 = 63;

    private static final List<String> BIT_EXACT = List.of("-fflags", "+bitexact", "-flags:v", "+bitexact");

    /** As high-definition television has it, and says it. */
    private static final List<String> YUV = List.of(
            "-vf",
            "scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+bitexact+full_chroma_int+full_chroma_inp,"
                    + "format=yuv420p,setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv");

    private EncoderCommand() {}

    /** Arguments of the process that reads frames in RGB from its standard input. */
    static List<String> first(VideoSettings settings, Workplace place) {
        List<String> arguments = new ArrayList<>(input(settings));
        switch (settings.format()) {
            case MP4 -> arguments.addAll(h264(settings));
            case WEBM -> arguments.addAll(vp9(settings));
            case WEBP -> arguments.addAll(webp(settings));
            case GIF -> arguments.addAll(palette(place));
            case ZIP -> throw new IllegalArgumentException("FFmpeg writes no ZIP");
        }
        if (settings.format() != VideoFormat.GIF) {
            arguments.addAll(BIT_EXACT);
            arguments.add(url(place.file(VIDEO)));
        }
        return List.copyOf(arguments);
    }

    /** Arguments of the process that lays the frames of a GIF into its palette, which is known when all were seen. */
    static List<String> second(Workplace place) {
        List<String> arguments = new ArrayList<>(List.of("-nostdin", "-y", "-f", "nut", "-i", url(place.file(FRAMES))));
        arguments.addAll(List.of("-i", url(place.file(PALETTE))));
        arguments.addAll(List.of("-lavfi", "[0:v][1:v]paletteuse=dither=sierra2_4a:diff_mode=rectangle"));
        arguments.addAll(List.of("-fps_mode", "passthrough", "-f", "gif", "-loop", "0"));
        arguments.addAll(BIT_EXACT);
        arguments.add(url(place.file(VIDEO)));
        return List.copyOf(arguments);
    }

    private static List<String> input(VideoSettings settings) {
        Size size = settings.videoSize();
        List<String> arguments = new ArrayList<>(List.of("-nostdin", "-y", "-f", "rawvideo", "-pixel_format", "rgb24"));
        arguments.addAll(List.of("-video_size", size.toString()));
        arguments.addAll(List.of("-framerate", settings.rate().toString(), "-i", "pipe:0"));
        if (settings.comment() != null) {
            arguments.addAll(List.of("-metadata", "comment=" + settings.comment()));
        }
        return arguments;
    }

    /** A quantiser that is the least and the most has OpenH264 keep it; the bit rate, here the highest of any level, has to be out of its way. */
    private static List<String> h264(VideoSettings settings) {
        String quantiser = Integer.toString(Math.max(1, settings.quality()));
        List<String> arguments = new ArrayList<>(YUV);
        arguments.addAll(List.of("-c:v", "libopenh264", "-profile:v", "high", "-coder", "cabac", "-threads", "1"));
        arguments.addAll(List.of("-rc_mode", "quality", "-qmin", quantiser, "-qmax", quantiser, "-b:v", "288M"));
        arguments.addAll(List.of("-g", keyFrames(settings), "-movflags", "+faststart", "-f", "mp4"));
        return arguments;
    }

    private static List<String> vp9(VideoSettings settings) {
        long crf = Math.round(settings.quality() * (double) WORST_VP9 / VideoSettings.WORST);
        List<String> arguments = new ArrayList<>(YUV);
        arguments.addAll(List.of("-c:v", "libvpx-vp9", "-crf", Long.toString(crf), "-b:v", "0"));
        arguments.addAll(List.of("-deadline", "good", "-cpu-used", "4", "-row-mt", "0"));
        arguments.addAll(List.of("-tile-columns", "2", "-threads", "4", "-g", keyFrames(settings), "-f", "webm"));
        return arguments;
    }

    private static List<String> webp(VideoSettings settings) {
        double quality = 100.0 - 100.0 * settings.quality() / VideoSettings.WORST;
        List<String> arguments = new ArrayList<>(List.of("-c:v", "libwebp_anim", "-pix_fmt", "bgra"));
        arguments.addAll(List.of("-lossless", "0", "-quality", Long.toString(Math.round(quality))));
        arguments.addAll(List.of("-compression_level", "3", "-loop", "0", "-f", "webp"));
        return arguments;
    }

    /** Frames are kept as they come, without loss, for the palette is known last. */
    private static List<String> palette(Workplace place) {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(
                List.of("-filter_complex", "[0:v]split[seen][kept];[seen]palettegen=stats_mode=full[palette]"));
        arguments.addAll(List.of("-map", "[kept]", "-c:v", "ffv1", "-pix_fmt", "bgr0", "-g", "1", "-f", "nut"));
        arguments.add(url(place.file(FRAMES)));
        arguments.addAll(List.of("-map", "[palette]", "-c:v", "png", "-update", "1", "-f", "image2"));
        arguments.add(url(place.file(PALETTE)));
        return arguments;
    }

    /** One in ten seconds: players jump to them. */
    private static String keyFrames(VideoSettings settings) {
        return Long.toString(Math.max(1, Math.round(10 * settings.rate().fps())));
    }

    /** A path that is read as one, whatever it holds. */
    private static String url(Path file) {
        return "file:" + file;
    }
}
