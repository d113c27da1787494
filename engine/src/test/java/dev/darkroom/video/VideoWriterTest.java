package dev.darkroom.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.darkroom.image.PictureDecoder;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.job.VideoFormat;
import dev.darkroom.video.ffmpeg.Ffmpeg;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** All formats are written, and read again by a decoder. */
class VideoWriterTest {
    private static final Size SIZE = new Size(64, 48);
    private static final int COUNT = 12;

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"MP4, 23.976, 34", "WEBM, 25, 34", "GIF, 20, 28"})
    void framesComeBack(VideoFormat format, double fps, double leastPsnr) throws Exception {
        List<Picture> frames = Clips.frames(SIZE, COUNT);
        Path file = Clips.write(folder.resolve("clip"), settings(format, SIZE, fps, null), frames);

        VideoFile video = Clips.READER.open("video", file);
        List<Picture> read = Clips.read(video);

        assertThat(read).hasSize(COUNT);
        assertThat(Clips.worstPsnr(frames, read)).isGreaterThan(leastPsnr);
        assertThat(video.info().size()).isEqualTo(SIZE);
        assertThat(video.info().frames()).isEqualTo(COUNT);
        assertThat(video.info().rate()).isEqualTo(FrameRate.of(fps));
        assertThat(video.info().duration().toMillis() / 1000.0).isCloseTo(COUNT / fps, within(0.1));
    }

    /** FFmpeg reads no animated WebP: its frames are taken out and decoded as still pictures. */
    @Test
    void framesOfWebpComeBack() throws Exception {
        List<Picture> frames = Clips.frames(SIZE, COUNT);
        var settings = settings(VideoFormat.WEBP, SIZE, 20, "a <comment> & more");
        Path file = Clips.write(folder.resolve("clip.webp"), settings, frames);

        AnimatedWebp animation = AnimatedWebp.of(Files.readAllBytes(file));

        assertThat(animation.durations()).hasSize(COUNT).containsOnly(50);
        assertThat(animation.loops()).isZero();
        assertThat(animation.xmp()).contains("a &lt;comment&gt; &amp; more");
        assertThat(Clips.psnr(frames.getFirst(), PictureDecoder.decodeOwn(animation.firstFrame())))
                .isGreaterThan(30);
    }

    @Test
    void framesOfZipAreTheSame() throws Exception {
        List<Picture> frames = Clips.frames(new Size(33, 17), 3);
        var settings = settings(VideoFormat.ZIP, new Size(33, 17), 8, "a comment");
        Path file = Clips.write(folder.resolve("clip.zip"), settings, frames);

        try (var zip = new ZipFile(file.toFile())) {
            assertThat(zip.getComment()).isEqualTo("a comment");
            assertThat(zip.stream().map(Object::toString))
                    .containsExactly("frame-00001.png", "frame-00002.png", "frame-00003.png");
            byte[] third = zip.getInputStream(zip.getEntry("frame-00003.png")).readAllBytes();
            assertThat(PictureDecoder.decodeOwn(third).rgb())
                    .isEqualTo(frames.get(2).rgb());
        }
    }

    @ParameterizedTest
    @EnumSource(VideoFormat.class)
    void sameFramesGiveTheSameBytes(VideoFormat format) throws Exception {
        Size size = new Size(320, 240); // large enough for threads to have parts
        List<Picture> frames = Clips.frames(size, 6);
        var settings = settings(format, size, 10, "a comment");

        byte[] once = Files.readAllBytes(Clips.write(folder.resolve("one"), settings, frames));
        byte[] again = Files.readAllBytes(Clips.write(folder.resolve("two"), settings, frames));

        assertThat(once).isEqualTo(again);
    }

    @ParameterizedTest
    @EnumSource(
            value = VideoFormat.class,
            names = {"MP4", "WEBM"})
    void oddSidesAreFilledUp(VideoFormat format) throws Exception {
        Size odd = new Size(65, 49);
        List<Picture> frames = Clips.frames(odd, 3);

        VideoFile video = Clips.READER.open(
                "video", Clips.write(folder.resolve("clip"), settings(format, odd, 10, null), frames));

        assertThat(video.info().size()).isEqualTo(new Size(66, 50));
        Picture read = Clips.read(video).getFirst();
        assertThat(Clips.psnr(frames.getFirst(), read)).isGreaterThan(34);
        for (int channel = 0; channel < 3; channel++) {
            assertThat(read.level(65, 49, channel)).isCloseTo(frames.getFirst().level(64, 48, channel), within(12));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = VideoFormat.class,
            names = {"MP4", "WEBM", "GIF"})
    void commentsAreInTheFile(VideoFormat format) throws Exception {
        String comment = "made by \"Darkroom\" — ünïcode; a=b\nline " + "x".repeat(300);
        Path file = Clips.write(folder.resolve("clip"), settings(format, SIZE, 10, comment), Clips.frames(SIZE, 2));

        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        String start = new String(
                "made by \"Darkroom\" — ünïcode; a=b\nline".getBytes(StandardCharsets.UTF_8),
                StandardCharsets.ISO_8859_1);
        assertThat(bytes).contains(start).doesNotContain("Lavf62");
        assertThat(Clips.read(Clips.READER.open("video", file))).hasSize(2);
    }

    @Test
    void theIndexOfMp4IsInFront() throws Exception {
        Path file =
                Clips.write(folder.resolve("clip"), settings(VideoFormat.MP4, SIZE, 10, null), Clips.frames(SIZE, 5));

        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(bytes.indexOf("moov")).isBetween(1, bytes.indexOf("mdat"));
    }

    @ParameterizedTest
    @EnumSource(VideoFormat.class)
    void whatIsNotFinishedLeavesNothing(VideoFormat format) throws Exception {
        long before = Clips.children();
        Size size = new Size(320, 240);
        try (VideoWriter writer =
                VideoWriter.open(Clips.FFMPEG, settings(format, size, 10, null), folder.resolve("clip"))) {
            for (int i = 0; i < 20; i++) {
                writer.write(Clips.frame(size, i));
            }
        }

        assertThat(folder).isEmptyDirectory();
        assertThat(Clips.children()).isEqualTo(before);
    }

    @Test
    void anInterruptedWriterLeavesNothing() throws Exception {
        long before = Clips.children();
        var settings = settings(VideoFormat.WEBM, new Size(640, 480), 10, null);
        try (VideoWriter writer = VideoWriter.open(Clips.FFMPEG, settings, folder.resolve("clip"))) {
            Picture frame = Clips.frame(settings.size(), 0);
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> writer.write(frame)).isInstanceOf(InterruptedException.class);
        }
        assertThat(folder).isEmptyDirectory();
        assertThat(Clips.children()).isEqualTo(before);
    }

    @Test
    void framesAreNotKept() throws Exception {
        Size size = new Size(16, 16);
        List<WeakReference<Picture>> written = new ArrayList<>();
        var settings = settings(VideoFormat.MP4, size, 30, null);
        try (VideoWriter writer = VideoWriter.open(Clips.FFMPEG, settings, folder.resolve("clip"))) {
            for (int i = 0; i < 1000; i++) {
                Picture frame = Clips.frame(size, i);
                written.add(new WeakReference<>(frame));
                writer.write(frame);
            }
            System.gc();
            assertThat(written.stream().filter(frame -> frame.get() != null)).hasSizeLessThan(10);
            writer.finish();
        }
        assertThat(Clips.READER.open("video", folder.resolve("clip")).info().frames())
                .isEqualTo(1000);
    }

    @Test
    void aFileIsReplacedWhenTheNewOneIsFinished() throws Exception {
        Path file = Files.writeString(folder.resolve("clip"), "old");
        var settings = settings(VideoFormat.GIF, SIZE, 10, null);
        try (VideoWriter writer = VideoWriter.open(Clips.FFMPEG, settings, file)) {
            writer.write(Clips.frame(SIZE, 0));
            assertThat(file).hasContent("old");
            writer.finish();
            assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> writer.write(Clips.frame(SIZE, 1))).isInstanceOf(IllegalStateException.class);
        }
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).startsWith("GIF89a");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void whatCannotBeIsRefused() throws Exception {
        assertThatThrownBy(() -> settings(VideoFormat.GIF, SIZE, 60, null))
                .isInstanceOf(JobException.class)
                .hasMessage("fps: must be at most 50 for GIF, not 60.0");
        assertThatThrownBy(() -> settings(VideoFormat.MP4, new Size(8, 64), 10, null))
                .hasMessage("size: must have sides from 16 to 16383 and at most 9437184 pixels for MP4, not 8x64");
        assertThatThrownBy(() -> settings(VideoFormat.MP4, new Size(4096, 4096), 10, null))
                .hasMessageContaining("at most 9437184 pixels for MP4, not 4096x4096");
        assertThatThrownBy(() -> new VideoSettings(VideoFormat.MP4, SIZE, FrameRate.of(10), 52, null))
                .hasMessage("quality: must be from 0 to 51, not 52");
        assertThatThrownBy(() -> FrameRate.of(121)).hasMessage("fps: must be from 1 to 120, not 121.0");
        assertThatThrownBy(() -> FrameRate.of(Double.NaN)).isInstanceOf(JobException.class);
        try (VideoWriter writer =
                VideoWriter.open(Clips.FFMPEG, settings(VideoFormat.MP4, SIZE, 10, null), folder.resolve("clip"))) {
            assertThatThrownBy(() -> writer.write(Clips.frame(new Size(48, 64), 0)))
                    .hasMessage("a frame of 48x64 does not fit a video of 64x48");
            assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void anEncoderThatFailsIsTold() throws Exception {
        Path broken = Files.createDirectory(folder.resolve("broken"));
        Path program = Files.writeString(broken.resolve("ffmpeg"), "#!/bin/sh\necho no space in $PWD >&2\nexit 3\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Path place = Files.createDirectory(folder.resolve("place"));
        try (VideoWriter writer =
                VideoWriter.open(Ffmpeg.of(broken), settings(VideoFormat.MP4, SIZE, 10, null), place.resolve("clip"))) {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100; i++) {
                            writer.write(Clips.frame(SIZE, i));
                        }
                        writer.finish();
                    })
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("exit code 3")
                    .hasMessageNotContaining("/");
        }
        assertThat(place).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({
        "23.976, 24000/1001",
        "29.97, 30000/1001",
        "59.94, 60000/1001",
        "119.88, 120000/1001",
        "47.952, 48000/1001",
        "24, 24/1",
        "12.5, 25/2",
        "1, 1/1",
        "120, 120/1",
        "15.015, 3003/200",
        "23.98, 24000/1001"
    })
    void ratesAreFractions(double fps, String fraction) {
        assertThat(FrameRate.of(fps)).hasToString(fraction);
    }

    @Test
    void betterQualityTakesMoreBytes() throws Exception {
        for (VideoFormat format : List.of(VideoFormat.MP4, VideoFormat.WEBM, VideoFormat.WEBP)) {
            List<Long> bytes = new ArrayList<>();
            for (int quality : new int[] {15, 30, 45}) {
                var settings = new VideoSettings(format, SIZE, FrameRate.of(10), quality, null);
                bytes.add(Files.size(Clips.write(folder.resolve("clip"), settings, Clips.frames(SIZE, 4))));
            }
            assertThat(bytes.get(0)).isGreaterThan(bytes.get(1));
            assertThat(bytes.get(1)).isGreaterThan(bytes.get(2));
        }
    }

    private static VideoSettings settings(VideoFormat format, Size size, double fps, @Nullable String comment) {
        return new VideoSettings(format, size, FrameRate.of(fps), 12, comment);
    }
}
