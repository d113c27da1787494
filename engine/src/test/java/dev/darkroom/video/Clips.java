package dev.darkroom.video;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.video.ffmpeg.Ffmpeg;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Small videos for tests, and how far apart pictures are. */
final class Clips {
    /** Unpacked once for all tests of a build folder. */
    static final Ffmpeg FFMPEG = Ffmpeg.unpackedIn(Path.of("target", "video-tests"));

    static final VideoReader READER = new VideoReader(FFMPEG, VideoLimits.STANDARD);

    private Clips() {}

    /** A frame of a soft ball that moves over a gradient. */
    static Picture frame(Size size, int index) {
        byte[] rgb = new byte[Math.toIntExact(3 * size.area())];
        int at = 0;
        for (int y = 0; y < size.height(); y++) {
            for (int x = 0; x < size.width(); x++) {
                double dx = x - (index * 3.0) % size.width();
                double dy = y - size.height() / 2.0;
                double ball = 120 * Math.exp(-(dx * dx + dy * dy) / (size.area() / 20.0));
                rgb[at++] = (byte) (60 + 60.0 * x / size.width() + ball);
                rgb[at++] = (byte) (80 + 40.0 * y / size.height() + ball / 2);
                rgb[at++] = (byte) (150 - 50.0 * x / size.width());
            }
        }
        return new Picture(size.width(), size.height(), rgb);
    }

    static List<Picture> frames(Size size, int count) {
        List<Picture> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            frames.add(frame(size, i));
        }
        return frames;
    }

    static Path write(Path file, VideoSettings settings, List<Picture> frames)
            throws IOException, InterruptedException {
        try (VideoWriter writer = VideoWriter.open(FFMPEG, settings, file)) {
            for (Picture frame : frames) {
                writer.write(frame);
            }
            writer.finish();
        }
        return file;
    }

    static List<Picture> read(VideoFile video) throws InterruptedException {
        return read(video, FrameSelection.ALL, video.info().size());
    }

    static List<Picture> read(VideoFile video, FrameSelection selection, Size size) throws InterruptedException {
        List<Picture> frames = new ArrayList<>();
        try (FrameStream stream = video.frames(selection, size)) {
            for (Optional<Picture> next = stream.next(); next.isPresent(); next = stream.next()) {
                frames.add(next.get());
            }
        }
        return frames;
    }

    /** Peak signal to noise ratio in dB, over all channels of the pixels that both have. */
    static double psnr(Picture a, Picture b) {
        int width = Math.min(a.width(), b.width());
        int height = Math.min(a.height(), b.height());
        double sum = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int channel = 0; channel < 3; channel++) {
                    double difference = a.level(x, y, channel) - b.level(x, y, channel);
                    sum += difference * difference;
                }
            }
        }
        double mean = sum / (3.0 * width * height);
        return mean == 0 ? 99 : 10 * Math.log10(255 * 255 / mean);
    }

    static double worstPsnr(List<Picture> a, List<Picture> b) {
        double worst = 99;
        for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
            worst = Math.min(worst, psnr(a.get(i), b.get(i)));
        }
        return worst;
    }

    /** Processes that this one has started and that still run. */
    static long children() {
        return ProcessHandle.current()
                .descendants()
                .filter(ProcessHandle::isAlive)
                .count();
    }
}
