package dev.darkroom.animation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.animation.flow.Textures;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Frames;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.job.VideoFormat;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Sources;
import dev.darkroom.video.VideoFile;
import dev.darkroom.video.VideoLimits;
import dev.darkroom.video.VideoReader;
import dev.darkroom.video.ffmpeg.Ffmpeg;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Animations whose frames are drawn from those of a video, or keep their colours. */
class VideoInputTest extends DrawnByPocketFlux {
    private static final Ffmpeg FFMPEG = Ffmpeg.unpackedIn(Path.of("target", "video-tests"));
    private static final int COUNT = 8;
    private static final Wanted FOLLOWING =
            Wanted.ZOOM.with("animation_mode", "Video Input").withVideo();

    /** Nothing but the video changes these frames. */
    private static final Wanted LAID = Wanted.ZOOM
            .frames(COUNT)
            .withVideo()
            .with("zoom", "0:(1)", "strength_schedule", "0:(1)", "strength", "1", "amount_schedule", "0:(0)")
            .with("noise_schedule", "0:(0)", "color_coherence", "None", "hybrid_comp_alpha_schedule", "0:(1)");

    @TempDir
    static Path folder;

    private static @Nullable VideoFile video;
    private static final List<Picture> SENT = new ArrayList<>();

    @BeforeAll
    static void makeVideo() throws Exception {
        for (int i = 0; i < COUNT; i++) {
            SENT.add(bar(i));
        }
        video = video("clip.mp4", SENT);
    }

    @Test
    void eachFrameIsDrawnFromItsOwnOfTheVideo() {
        List<Picture> kept = draw(FOLLOWING.with("strength_schedule", "0:(1)"));
        assertThat(kept).hasSize(COUNT);
        for (int i = 0; i < COUNT; i++) {
            assertThat(TestPictures.meanDifference(kept.get(i), SENT.get(i)))
                    .as("frame %d", i)
                    .isLessThan(6);
        }
        List<Picture> drawn = draw(FOLLOWING.with("strength_schedule", "0:(0.7)"));
        for (int i = 0; i < COUNT; i++) {
            assertThat(TestPictures.meanDifference(drawn.get(i), SENT.get(i)))
                    .as("frame %d", i)
                    .isGreaterThan(TestPictures.meanDifference(kept.get(i), SENT.get(i)))
                    .isLessThan(60);
        }
    }

    @Test
    void someFramesOfTheVideoAreChosen() {
        Wanted some = FOLLOWING.with(
                "strength_schedule",
                "0:(1)",
                "extract_from_frame",
                "1",
                "extract_to_frame",
                "6",
                "extract_nth_frame",
                "2");
        assertThat(draw(some.frames(2))).hasSize(2);
        List<Picture> film = draw(some);
        assertThat(film).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(TestPictures.meanDifference(film.get(i), SENT.get(1 + 2 * i)))
                    .as("frame %d", i)
                    .isLessThan(6);
        }
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> draw(FOLLOWING.with("extract_from_frame", "8")))
                .withMessage("video: the video has 8 frames, none from frame 8 on");
    }

    @Test
    void framesKeepTheVideosColoursAndItsLastOnesBehindItsEnd() {
        Wanted wanted = Wanted.ZOOM.frames(COUNT + 2).withVideo().with("color_coherence", "Video Input", "steps", "1");
        List<Picture> film = draw(wanted);

        assertThat(film).hasSize(COUNT + 2);
        assertThat(red(film.getFirst())).isLessThan(red(film.get(COUNT - 1)) - 40);
        assertThat(red(film.getLast())).isBetween(red(film.get(COUNT - 1)) - 12, red(film.get(COUNT - 1)) + 12);
        List<Picture> seldom = draw(wanted.with("color_coherence_video_every_N_frames", "100"));
        assertThat(red(seldom.getLast())).isBetween(red(film.getFirst()) - 12, red(film.getFirst()) + 12);
    }

    @Test
    void theVideoIsLaidOverFrames() {
        for (String time : List.of("Normal", "Before Motion", "After Generation")) {
            List<Picture> film = draw(LAID.with("hybrid_composite", time));
            assertThat(film).hasSize(COUNT);
            for (int i = 0; i < COUNT; i++) {
                assertThat(TestPictures.meanDifference(film.get(i), SENT.get(i)))
                        .as("%s, frame %d", time, i)
                        .isLessThan(6);
            }
            List<Picture> between = draw(LAID.with("hybrid_composite", time, "diffusion_cadence", "2"));
            assertThat(between).hasSize(COUNT);
            assertThat(red(between.getLast())).isGreaterThan(red(between.getFirst()) + 40);
        }
    }

    @Test
    void framesMoveAsTheVideoDoes() throws Exception {
        Size size = new Size(128, 128);
        List<Picture> shifted = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            shifted.add(Textures.shifted(128, 128, 3 * i, 0));
        }
        VideoFile moving = video("moving.mp4", shifted);
        for (String motion : List.of("Optical Flow", "Affine", "Perspective")) {
            List<Picture> film =
                    draw(LAID.of(size).fromImage().frames(4).with("hybrid_motion", motion), moving, shifted.getFirst());
            assertThat(film.getFirst().rgb())
                    .as(motion)
                    .isEqualTo(shifted.getFirst().rgb());
            for (int i = 1; i < 4; i++) {
                assertThat(middleDifference(film.get(i), shifted.get(i)))
                        .as("%s, frame %d", motion, i)
                        .isLessThan(0.4 * middleDifference(shifted.getFirst(), shifted.get(i)));
            }
        }
        assertRefused(
                FOLLOWING.with("hybrid_motion", "Affine"),
                "hybrid_motion: goes with 2D and 3D alone, where each frame is drawn from the one before, not with Video Input");
        assertRefused(Wanted.ZOOM.with("hybrid_motion", "Affine"), "hybrid_motion: Affine needs the job's video");
    }

    @Test
    void framesOfAnotherVideoAreNotTakenUp() throws Exception {
        List<Picture> other = new ArrayList<>(SENT);
        Collections.reverse(other);
        VideoFile reversed = video("other.mp4", other);
        var kept = new KeptFrames();
        List<Picture> first = draw(FOLLOWING, video(), kept);
        assertThat(draw(FOLLOWING, video(), kept)).hasSameSizeAs(first);
        int before = kept.pictures.size();

        List<Picture> second = draw(FOLLOWING, reversed, kept);

        assertThat(kept.pictures).hasSize(before);
        assertThat(second.getFirst().rgb()).isNotEqualTo(first.getFirst().rgb());
    }

    @Test
    void aJobThatWasCutShortFollowsTheVideoOnFromThere() {
        Wanted wanted = Wanted.ZOOM
                .frames(COUNT)
                .withVideo()
                .with("hybrid_motion", "Optical Flow", "hybrid_motion_use_prev_img", "true", "steps", "2")
                .with("hybrid_composite", "Normal", "hybrid_comp_alpha_schedule", "0:(0.3)", "diffusion_cadence", "2")
                .with("color_coherence", "Video Input", "color_coherence_video_every_N_frames", "3");
        List<Picture> whole = draw(wanted);
        var kept = new KeptFrames();
        assertThatExceptionOfType(JobException.class).isThrownBy(() -> draw(wanted, video(), cancelled(5, kept)));
        assertThat(kept.pictures).hasSizeBetween(2, 3);

        List<Picture> resumed = draw(wanted, video(), kept);

        assertThat(resumed).hasSameSizeAs(whole);
        for (int i = 0; i < whole.size(); i++) {
            assertThat(resumed.get(i).rgb())
                    .as("frame %d", i)
                    .isEqualTo(whole.get(i).rgb());
        }
    }

    private static Progress cancelled(int after, Frames kept) {
        return new Progress() {
            @Override
            public void report(int step, int of) {
                if (step > after) {
                    throw new JobException(JobException.Code.CANCELLED, "the job was cancelled", null);
                }
            }

            @Override
            public Frames frames() {
                return kept;
            }
        };
    }

    @Test
    void nothingRunsOnceAJobIsOver() {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> draw(FOLLOWING, video(), cancelled(6, Frames.NONE)));
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
                .isEmpty();
        assertThat(films.open).isZero();
    }

    @Test
    void videosThatAreMissingOrOfNoUseAreRefused() {
        assertRefused(Wanted.ZOOM.withVideo(), "video: is of no use: send animation_mode Video Input");
        assertRefused(
                Wanted.ZOOM.with("animation_mode", "Video Input"), "animation_mode: Video Input needs the job's video");
        assertRefused(
                FOLLOWING.with("extract_from_frame", "5", "extract_to_frame", "4"),
                "extract_to_frame: must not be before extract_from_frame, 5, not 4");
        assertRefused(FOLLOWING.with("extract_nth_frame", "0"), "extract_nth_frame: must be from 1");
        assertRefused(FOLLOWING.fromImage(), "image: is of no use with animation_mode Video Input");
    }

    /** A bright bar that goes to the right, while the ground becomes red. */
    private static Picture bar(int step) {
        byte[] rgb = new byte[3 * 64 * 64];
        for (int i = 0; i < rgb.length; i += 3) {
            boolean isBar = Math.abs(i / 3 % 64 - 8 - 6 * step) < 6;
            rgb[i] = (byte) (isBar ? 240 : 30 + 20 * step);
            rgb[i + 1] = (byte) (isBar ? 240 : 40);
            rgb[i + 2] = (byte) (isBar ? 200 : 90);
        }
        return new Picture(64, 64, rgb);
    }

    private static double middleDifference(Picture one, Picture other) {
        Size middle = new Size(64, 64);
        return TestPictures.meanDifference(one.crop(middle), other.crop(middle));
    }

    private static double red(Picture picture) {
        double sum = 0;
        for (int i = 0; i < picture.rgb().length; i += 3) {
            sum += picture.rgb()[i] & 0xFF;
        }
        return sum / picture.size().area();
    }

    private static VideoFile video(String name, List<Picture> frames) throws Exception {
        var wish = new Films.Wish(
                VideoFormat.MP4,
                frames.getFirst().size(),
                frames.size(),
                10,
                95,
                false,
                null,
                TestJobs.PLAIN.delivery());
        Path file = folder.resolve(name);
        try (Film film = new VideoFilms(FFMPEG, folder).begin(wish)) {
            frames.forEach(film::add);
            Files.write(file, film.finish());
        }
        return new VideoReader(FFMPEG, VideoLimits.STANDARD).open("video", file);
    }

    private List<Picture> draw(Wanted wanted) {
        return draw(wanted, wanted.video() == null ? null : video(), Progress.NONE);
    }

    private List<Picture> draw(Wanted wanted, VideoFile from, KeptFrames kept) {
        return draw(wanted, from, new Progress() {
            @Override
            public void report(int step, int of) {}

            @Override
            public Frames frames() {
                return kept;
            }
        });
    }

    private List<Picture> draw(Wanted wanted, VideoFile from, Picture image) {
        return draw(wanted, new Sources(List.of(image), null, List.of(), from), Progress.NONE);
    }

    private List<Picture> draw(Wanted wanted, @Nullable VideoFile from, Progress progress) {
        return draw(wanted, new Sources(List.of(), null, List.of(), from), progress);
    }

    private List<Picture> draw(Wanted wanted, Sources sources, Progress progress) {
        Job.Animation job = wanted.job();
        var animated = animated();
        animated.check(job);
        Rendering rendering = animated.render(job, job.samples().getFirst(), sources, progress);
        assertThat(rendering.notes())
                .allMatch(note ->
                        note.startsWith("settings of 2D and 3D alone") || note.startsWith("hybrid_flow_method"));
        return List.copyOf(films.frames);
    }

    private void assertRefused(Wanted wanted, String message) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> animated().check(wanted.job()))
                .withMessageContaining(message);
    }

    private static VideoFile video() {
        return Objects.requireNonNull(video);
    }
}
