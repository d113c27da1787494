package dev.darkroom.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.job.VideoFormat;
import dev.darkroom.video.ffmpeg.ChildLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are no videos, that are broken, or that want more than they may: each is refused, and leaves no process. */
@Timeout(600)
class HostileVideoTest {
    private static final Size SIZE = new Size(64, 48);
    private static final int MUTATIONS = Integer.getInteger("darkroom.mutations", 150);

    @TempDir
    Path folder;

    private long before;

    @BeforeEach
    void count() {
        before = Clips.children();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(Clips.children()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\n/etc/passwd\n#EXT-X-ENDLIST\n",
                "ffconcat version 1.0\nfile '/etc/passwd'\n",
                "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 5000 RTP/AVP 96\n",
                "<?xml version=\"1.0\"?><MPD><BaseURL>file:///etc/passwd</BaseURL></MPD>",
                "RIFF\u0010\0\0\0WEBPVP8X",
                "x",
                ""
            })
    void listsOfFilesAndOtherThingsAreNoVideos(String text) throws Exception {
        assertRefused(
                text.getBytes(StandardCharsets.ISO_8859_1),
                "video: must be an MP4, MOV, WebM, Matroska, GIF or AVI video");
    }

    /** The demuxer is the one of the file's beginning, whatever follows. */
    @ParameterizedTest
    @ValueSource(strings = {"\0\0\0\bftyp", "\u001AE\u00DF\u00A3", "GIF89a", "RIFF\u0010\0\0\0AVI "})
    void aListBehindTheBeginningOfAVideoIsNotRead(String start) throws Exception {
        String text = start + "\n#EXTM3U\n#EXTINF:10.0,\n/etc/passwd\n#EXT-X-ENDLIST\n";
        assertRefused(text.getBytes(StandardCharsets.ISO_8859_1), "video: ");
    }

    @Test
    void aFileThatNamesAnotherOneDoesNotReadIt() throws Exception {
        byte[] file = clip(VideoFormat.MP4);
        Path other = Files.write(folder.resolve("other.mp4"), file);
        byte[] reference = MovReference.to(other.toString());
        assertRefused(reference, "video: ");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.4, 0.5, 0.7, 0.9, 0.97})
    void anMp4WithoutItsEndIsDamaged(double part) throws Exception {
        byte[] file = clip(VideoFormat.MP4);
        assertRefused(Arrays.copyOf(file, (int) (file.length * part)), "video: the video is damaged: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\0\0\0\u0018ftypisom", "\u001AE\u00DF\u00A3", "GIF89a", "RIFF\u0010\0\0\0AVI LIST"})
    void randomBytesAreDamaged(String start) throws Exception {
        byte[] file = new byte[50_000];
        new Random(1).nextBytes(file);
        byte[] head = start.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(head, 0, file, 0, head.length);
        assertRefused(file, "video: ");
    }

    @Test
    void hugeFramesAreRefused() throws Exception {
        assertRefused(
                gif(8192, 8192, 1), "video: must have sides of at most 4096 and at most 9437184 pixels, not 8192x8192");
        assertRefused(gif(16_384, 16_384, 1), "video: must have sides of at most 4096");
        assertRefused(gif(65_535, 65_535, 3), "video: must have sides of at most 4096");

        byte[] mp4 = clip(VideoFormat.MP4);
        int entry = new String(mp4, StandardCharsets.ISO_8859_1).indexOf("avc1", 60) + 28;
        ByteBuffer.wrap(mp4).putShort(entry, (short) 16_384).putShort(entry + 2, (short) 16_384);
        assertThat(outcome(mp4))
                .satisfiesAnyOf(
                        text -> assertThat(text).startsWith("video: must have sides of at most 4096"),
                        text -> assertThat(text).isEqualTo("4 frames"));
    }

    @Test
    void endlessFramesAreRefused() throws Exception {
        assertRefused(gif(16, 16, 300_000), "video: must have at most 18000 frames, not more");
    }

    @Test
    void whatTakesTooMuchMemoryIsEnded() throws Exception {
        var limits = limits(new ChildLimits(200 << 20, Duration.ofMinutes(1)));
        assertThatThrownBy(() -> read(gif(10_000, 10_000, 2), limits))
                .isInstanceOf(JobException.class)
                .hasMessage("video: reading the video takes more than 200 MB of memory, which is the limit:"
                        + " send a smaller one");
    }

    /** A small file of few small changes on a large canvas. */
    @Test
    void whatTakesTooLongIsEnded() throws Exception {
        var limits = limits(new ChildLimits(1 << 30, Duration.ofSeconds(1)));
        assertThatThrownBy(() -> read(gif(4096, 2304, 10_000), limits))
                .isInstanceOf(JobException.class)
                .hasMessage("video: reading the video takes more than 1 s of the processor's time, which is the limit:"
                        + " send a shorter or smaller one");
    }

    private void read(byte[] bytes, VideoLimits limits) throws IOException, InterruptedException {
        Path file = Files.write(folder.resolve("file"), bytes);
        Clips.read(new VideoReader(Clips.FFMPEG, limits).open("video", file), FrameSelection.ALL, new Size(16, 16));
    }

    private static VideoLimits limits(ChildLimits process) {
        return new VideoLimits(1 << 20, 16_384, 1 << 27, 20_000, Duration.ofDays(9), Duration.ofMinutes(2), process);
    }

    @Test
    void mutationsAreReadOrRefused() throws Exception {
        byte[] file = clip(VideoFormat.MP4);
        List<String> outcomes = Collections.synchronizedList(new ArrayList<>());
        IntStream.range(0, MUTATIONS).parallel().forEach(seed -> {
            try {
                outcomes.add(outcome(mutated(file, new Random(seed))));
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(outcomes)
                .hasSize(MUTATIONS)
                .allSatisfy(text -> assertThat(text).matches("(?s)video: .*|\\d+ frames"))
                .noneSatisfy(text -> assertThat(text).contains(folder.toString()))
                .anySatisfy(text -> assertThat(text).startsWith("video: "))
                .anySatisfy(text -> assertThat(text).endsWith(" frames"));
    }

    private static byte[] mutated(byte[] file, Random random) {
        byte[] changed = file.clone();
        for (int i = 0, count = 1 + random.nextInt(4); i < count; i++) {
            int at = random.nextInt(changed.length);
            switch (random.nextInt(3)) {
                case 0 -> changed[at] = (byte) random.nextInt(256);
                case 1 -> changed[at] ^= (byte) (1 << random.nextInt(8));
                default -> Arrays.fill(changed, at, Math.min(changed.length, at + 4), (byte) -random.nextInt(2));
            }
        }
        return changed;
    }

    /** Returns what a caller is told, or how many frames were read. */
    private String outcome(byte[] bytes) throws IOException, InterruptedException {
        Path file = Files.createTempFile(folder, "hostile", null);
        Files.write(file, bytes);
        try {
            List<Picture> read = Clips.read(Clips.READER.open("video", file));
            return read.size() + " frames";
        } catch (JobException e) {
            assertThat(e.code()).isEqualTo(JobException.Code.BAD_INPUT);
            return String.valueOf(e.getMessage());
        } finally {
            Files.delete(file);
        }
    }

    private void assertRefused(byte[] file, String message) throws IOException, InterruptedException {
        assertThat(outcome(file)).startsWith(message).doesNotContain(folder.toString(), "passwd");
    }

    private byte[] clip(VideoFormat format) throws IOException, InterruptedException {
        var settings = new VideoSettings(format, SIZE, FrameRate.of(10), 20, null);
        return Files.readAllBytes(Clips.write(folder.resolve("clip"), settings, Clips.frames(SIZE, 4)));
    }

    /** Frames of one pixel each. */
    private static byte[] gif(int width, int height, int frames) {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes("GIF89a".getBytes(StandardCharsets.ISO_8859_1));
        ByteBuffer screen = ByteBuffer.allocate(7 + 6).order(ByteOrder.LITTLE_ENDIAN);
        screen.putShort((short) width).putShort((short) height).put((byte) 0x80).putShort((short) 0);
        bytes.writeBytes(screen.put(new byte[] {0, 0, 0, -1, -1, -1}).array());
        byte[] frame = {0x21, (byte) 0xF9, 4, 0, 2, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0};
        for (int i = 0; i < frames; i++) {
            bytes.writeBytes(frame);
        }
        bytes.write(0x3B);
        return bytes.toByteArray();
    }
}
