package dev.darkroom.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.job.VideoFormat;
import dev.darkroom.video.ffmpeg.Child;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which frames are read, how they come, and where reading ends. */
class VideoReaderTest {
    private static final Size SIZE = new Size(64, 48);
    private static final int COUNT = 20;

    @TempDir
    static Path folder;

    private static Path clip;
    private static List<Picture> frames;

    @BeforeAll
    static void makeClip() throws Exception {
        var settings = new VideoSettings(VideoFormat.MP4, SIZE, FrameRate.of(10), 12, null);
        frames = Clips.frames(SIZE, COUNT);
        clip = Clips.write(folder.resolve("clip.mp4"), settings, frames);
    }

    @ParameterizedTest
    @CsvSource({"0, 100, 1, 20", "5, 15, 3, 4", "19, 20, 1, 1", "0, 20, 7, 3", "18, 999, 5, 1"})
    void someFramesAreRead(long first, long end, int every, int count) throws Exception {
        List<Picture> read = Clips.read(open(clip), new FrameSelection(first, end, every), SIZE);

        List<Picture> wanted = Stream.iterate(first, i -> i < Math.min(end, COUNT), i -> i + every)
                .map(i -> frames.get(i.intValue()))
                .toList();
        assertThat(read).hasSize(count).hasSameSizeAs(wanted);
        assertThat(Clips.worstPsnr(read, wanted)).isGreaterThan(34);
    }

    @Test
    void framesAreScaled() throws Exception {
        Size small = new Size(33, 21);
        List<Picture> read = Clips.read(open(clip), new FrameSelection(4, 5, 1), small);

        Picture frame = read.getFirst();
        assertThat(frame.size()).isEqualTo(small);
        Picture whole = frames.get(4);
        for (int channel = 0; channel < 3; channel++) {
            assertThat(frame.level(16, 10, channel)).isCloseTo(whole.level(32, 24, channel), within(6));
        }
    }

    @Test
    void framesBehindTheEndAreRefused() throws Exception {
        VideoFile video = open(clip);
        assertThatThrownBy(() -> video.frames(new FrameSelection(20, 30, 1), SIZE))
                .isInstanceOf(JobException.class)
                .hasMessage("video: the video has 20 frames, none from frame 20 on");
    }

    @Test
    void turnedVideosAreShownUpright() throws Exception {
        Path turned = folder.resolve("turned.mp4");
        ffmpeg("-display_rotation", "90", "-i", "file:" + clip, "-c", "copy", "file:" + turned);

        VideoFile video = open(turned);

        assertThat(video.info().size()).isEqualTo(new Size(48, 64));
        Picture read = Clips.read(video).getFirst();
        Picture first = frames.getFirst(); // a quarter to the left: the upper right corner comes to the upper left
        for (int channel = 0; channel < 3; channel++) {
            assertThat(read.level(2, 2, channel)).isCloseTo(first.level(61, 2, channel), within(8));
        }
    }

    @Test
    void pixelsBecomeSquare() throws Exception {
        Path wide = folder.resolve("wide.mp4");
        ffmpeg("-i", "file:" + clip, "-c", "copy", "-aspect", "8:3", "file:" + wide);

        VideoFile video = open(wide);

        assertThat(video.info().size()).isEqualTo(new Size(128, 48));
        assertThat(Clips.read(video).getFirst().size()).isEqualTo(new Size(128, 48));
    }

    @ParameterizedTest
    @CsvSource({
        "mov, mjpeg, MP4, mjpeg",
        "avi, mpeg4, AVI, mpeg4",
        "mkv, libopenh264, WEBM, h264",
        "webm, libvpx, WEBM, vp8",
        "mp4, libaom-av1 -cpu-used 8, MP4, av1"
    })
    void otherWritersFilesAreRead(String suffix, String encoder, VideoKind kind, String codec) throws Exception {
        Path file = folder.resolve("other." + suffix);
        List<String> arguments = new ArrayList<>(List.of("-i", "file:" + clip, "-frames:v", "3", "-c:v"));
        arguments.addAll(List.of(encoder.split(" ", -1)));
        arguments.addAll(List.of("-b:v", "5M", "-pix_fmt", codec.equals("mjpeg") ? "yuvj420p" : "yuv420p"));
        arguments.add("file:" + file);
        ffmpeg(arguments.toArray(String[]::new));

        VideoFile video = open(file);

        assertThat(video.info().kind()).isEqualTo(kind);
        assertThat(video.info().codec()).isEqualTo(codec);
        List<Picture> read = Clips.read(video);
        assertThat(read).hasSize(3);
        assertThat(Clips.worstPsnr(read, frames)).isGreaterThan(30);
    }

    @Test
    void limitsAreHeldBeforeAnythingIsDecoded() throws Exception {
        VideoLimits all = VideoLimits.STANDARD;
        Duration long_ = Duration.ofHours(1);
        assertRefused(
                new VideoLimits(100, 99, 9999, 99, long_, long_, all.process()), "must have at most 100 bytes, not ");
        assertRefused(
                new VideoLimits(1 << 20, 63, 9999, 99, long_, long_, all.process()),
                "must have sides of at most 63 and at most 9999 pixels, not 64x48");
        assertRefused(
                new VideoLimits(1 << 20, 99, 3071, 99, long_, long_, all.process()),
                "must have sides of at most 99 and at most 3071 pixels, not 64x48");
        assertRefused(
                new VideoLimits(1 << 20, 99, 9999, 19, long_, long_, all.process()), "must have at most 19 frames");
        assertRefused(
                new VideoLimits(1 << 20, 99, 9999, 20, Duration.ofMillis(1900), long_, all.process()),
                "must last at most 1.9 s, not 2.0 s");
        assertRefused(
                new VideoLimits(1 << 20, 99, 9999, 20, long_, Duration.ofMillis(1), all.process()),
                "reading the video takes more than 0.001 s");
    }

    @Test
    void aReaderThatIsClosedLeavesNoProcess() throws Exception {
        long before = Clips.children();
        FrameStream stream = open(clip).frames(FrameSelection.ALL, new Size(1024, 1024));
        assertThat(stream.next()).isPresent();
        stream.close();

        assertThat(Clips.children()).isEqualTo(before);
        assertThat(stream.next()).isEmpty();
    }

    @Test
    void anInterruptedReaderLeavesNoProcess() throws Exception {
        long before = Clips.children();
        try (FrameStream stream = open(clip).frames(FrameSelection.ALL, new Size(1024, 1024))) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(stream::next).isInstanceOf(InterruptedException.class);
        }
        assertThat(Clips.children()).isEqualTo(before);
    }

    private static void assertRefused(VideoLimits limits, String rule) {
        assertThatThrownBy(() -> Clips.read(new VideoReader(Clips.FFMPEG, limits).open("video", clip)))
                .isInstanceOf(JobException.class)
                .hasMessageStartingWith("video: " + rule);
    }

    private static VideoFile open(Path file) throws InterruptedException {
        return Clips.READER.open("video", file);
    }

    private static void ffmpeg(String... arguments) throws Exception {
        try (Child process = Clips.FFMPEG.encode(
                Stream.concat(Stream.of("-nostdin", "-y"), Stream.of(arguments)).toList())) {
            assertThat(process.await(Duration.ofMinutes(1))).isTrue();
            assertThat(process.exitCode()).as(process.complaint()).isZero();
        }
    }
}
