package dev.darkroom.animation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.depth.DepthModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.engine.TinyPipeline;
import dev.darkroom.image.TestPictures;
import dev.darkroom.job.Frames;
import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Media;
import dev.darkroom.job.Picture;
import dev.darkroom.job.PosterFrame;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.model.Fit;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Rendering;
import dev.darkroom.model.Sources;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.weights.Placement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Animations that the embedded checkpoint draws: what becomes of a job, whole, cut short or taken up again. */
class AnimatedTest extends DrawnByPocketFlux {
    /** Pictures and prompts that a model keeps from job to job, at most. */
    private static final int KEPT_ENCODINGS = 100;

    @Test
    void theSameSeedDrawsTheSameFramesAndAnotherSeedOthers() {
        Wanted six = Wanted.ZOOM.frames(6).of(new Size(128, 96));
        assertThat(animated().fit(six.job())).isEqualTo(Fit.MADE_FOR);
        List<Picture> first = draw(six, Progress.NONE);

        assertThat(first)
                .hasSize(6)
                .allSatisfy(frame -> assertThat(frame.size()).isEqualTo(new Size(128, 96)));
        assertSame(draw(six, Progress.NONE), first);
        assertThat(draw(six.withSeed(8), Progress.NONE).getLast().rgb())
                .isNotEqualTo(first.getLast().rgb());
        for (int i = 1; i < 6; i++) {
            assertThat(TestPictures.meanDifference(first.get(i - 1), first.get(i)))
                    .as("from frame %d to the next", i - 1)
                    .isBetween(0.5, 25.0);
        }
    }

    @Test
    void oneVideoComesOfAJobWithWhatItWasMadeWith() {
        Wanted wanted = Wanted.ZOOM.frames(3);
        Rendering rendering = render(wanted.job(), Sources.NONE, Progress.NONE);

        assertThat(rendering.media()).isInstanceOfSatisfying(Media.Video.class, video -> {
            assertThat(video.frames()).isEqualTo(3);
            assertThat(video.fps()).isEqualTo(12);
            assertThat(video.size()).isEqualTo(new Size(64, 64));
            assertThat(video.file()).hasSize(8);
            assertThat(video.poster().rgb()).isEqualTo(films.frames.getFirst().rgb());
        });
        assertThat(rendering.parameters())
                .containsEntry("animation_mode", "2D")
                .containsEntry("max_frames", 3)
                .containsEntry("num_inference_steps", 4);
        assertThat(rendering.timings().milliseconds()).containsKeys("move", "encode", "denoise", "decode", "film");
    }

    @Test
    void progressGoesOverAllFramesAndEveryFrameIsShown() {
        var seen = new Watched(Integer.MAX_VALUE, Frames.NONE);

        draw(Wanted.ZOOM.frames(3), seen);

        assertThat(seen.steps).isSorted().startsWith(0).endsWith(12);
        assertThat(seen.of).containsOnly(12);
        assertThat(seen.shown).isEqualTo(3);
    }

    @Test
    void aJobThatIsCancelledWithinAFrameLeavesNothing() {
        draw(Wanted.ZOOM.frames(2), Progress.NONE);
        long before = Scope.liveTensors();

        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> draw(Wanted.ZOOM.frames(6), new Watched(6, Frames.NONE)))
                .matches(e -> e.code() == JobException.Code.CANCELLED);

        assertThat(Scope.liveTensors()).isEqualTo(before);
        assertThat(films.open).isZero();
    }

    @Test
    void aJobThatIsCancelledEndsWithItsFramesSoFarIfItIsToEndEarly() {
        Wanted wanted = Wanted.ZOOM.frames(6);
        List<Picture> whole = draw(wanted, Progress.NONE);
        long before = Scope.liveTensors();

        Rendering cut = render(wanted.job(), Sources.NONE, new EndedEarly(10));

        assertThat(cut.media()).isInstanceOfSatisfying(Media.Video.class, video -> {
            assertThat(video.frames()).isEqualTo(films.frames.size()).isBetween(1, 5);
            assertSame(films.frames, whole.subList(0, video.frames()));
            assertThat(cut.notes())
                    .contains("the job was cancelled: the film has its first " + video.frames() + " of 6 frames");
        });
        assertThat(Scope.liveTensors()).isEqualTo(before);
        assertThat(films.open).isZero();
        assertThatExceptionOfType(JobException.class)
                .as("without a frame there is no film")
                .isThrownBy(() -> draw(wanted, new EndedEarly(2)));
    }

    /** Cancels a job that is to end with what it has by then. */
    private static final class EndedEarly extends Watched {
        EndedEarly(int most) {
            super(most, Frames.NONE);
        }

        @Override
        public boolean endsEarly() {
            return true;
        }
    }

    @Test
    void thePosterIsTheFrameThatIsAskedForOrTheLastBeforeIt() {
        Wanted few = Wanted.ZOOM.frames(4).with("steps", "1");
        Map<PosterFrame, Integer> places = Map.of(
                PosterFrame.Place.FIRST,
                0,
                PosterFrame.Place.MIDDLE,
                2,
                PosterFrame.Place.LAST,
                3,
                new PosterFrame.Numbered(1),
                1);
        places.forEach((frame, place) -> {
            Picture poster = render(few.withPoster(frame).job(), Sources.NONE, Progress.NONE)
                    .picture();
            assertThat(poster.rgb())
                    .as("%s", frame)
                    .isEqualTo(films.frames.get(place).rgb());
        });

        Job.Animation last =
                Wanted.ZOOM.frames(4).withPoster(PosterFrame.Place.LAST).job();
        assertThat(render(last, Sources.NONE, new EndedEarly(9)).picture().rgb())
                .isEqualTo(films.frames.getLast().rgb());
        Job.Animation none =
                Wanted.ZOOM.frames(4).withPoster(new PosterFrame.Numbered(4)).job();
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> animated().check(none))
                .withMessage("poster: must be from 0 to 3, not 4");
    }

    @Test
    void aJobThatWasCutShortGoesOnBehindTheLastFrameThatWasKept() {
        for (String cadence : List.of("1", "2")) {
            Wanted wanted = Wanted.ZOOM.frames(6).with("diffusion_cadence", cadence);
            List<Picture> whole = draw(wanted, Progress.NONE);
            var kept = new KeptFrames();
            assertThatExceptionOfType(JobException.class).isThrownBy(() -> draw(wanted, new Watched(10, kept)));
            assertThat(kept.pictures).hasSizeBetween(2, 3);
            int before = kept.pictures.size();

            var again = new Watched(Integer.MAX_VALUE, kept);
            List<Picture> resumed = draw(wanted.withSeed(99), again);

            assertSame(resumed, whole);
            assertThat(again.drawn.get()).as("frames drawn again").isEqualTo(kept.pictures.size() - before);
        }
    }

    @Test
    void framesOfOtherSettingsAreNotTakenUp() {
        var kept = new KeptFrames();
        draw(Wanted.ZOOM.frames(2), new Watched(Integer.MAX_VALUE, kept));
        List<Picture> alone = draw(Wanted.ZOOM.frames(2).with("zoom", "0:(1.1)"), Progress.NONE);

        assertSame(draw(Wanted.ZOOM.frames(2).with("zoom", "0:(1.1)"), new Watched(Integer.MAX_VALUE, kept)), alone);
    }

    @Test
    void withACadenceFramesLieBetweenThoseThatAreDrawn() {
        for (int frames : new int[] {1, 4, 5}) {
            var seen = new Watched(Integer.MAX_VALUE, Frames.NONE);
            List<Picture> film = draw(Wanted.ZOOM.frames(frames).with("diffusion_cadence", "2"), seen);

            assertThat(film).hasSize(frames);
            assertThat(seen.drawn.get()).isEqualTo((frames + 1) / 2);
        }
    }

    @Test
    void betweenDrawnFramesThingsGoTheirWayByOpticalFlow() {
        Wanted three = Wanted.ZOOM.frames(6).with("diffusion_cadence", "3", "steps", "1");
        List<Picture> still = draw(three.with("optical_flow_cadence", "None"), Progress.NONE);
        Wanted flowing = three.with("optical_flow_cadence", "dis medium");
        List<Picture> moved = draw(flowing, Progress.NONE);

        for (int frame = 0; frame < 6; frame++) {
            boolean isBetween = frame == 3 || frame == 4;
            double difference = TestPictures.meanDifference(moved.get(frame), still.get(frame));
            assertThat(difference > 0.1)
                    .as("frame %d differs by %s", frame, difference)
                    .isEqualTo(isBetween);
            assertThat(difference).isLessThan(25);
        }
        assertSame(draw(flowing, Progress.NONE), moved);
        assertSame(draw(flowing.with("cadence_flow_factor_schedule", "0:(0)"), Progress.NONE), still);
        assertSame(
                draw(flowing.with("strength_schedule", "0:(0)"), Progress.NONE),
                draw(three.with("strength_schedule", "0:(0)"), Progress.NONE));
        assertThat(render(flowing.job(), Sources.NONE, Progress.NONE).notes())
                .containsExactly("optical_flow_cadence: optical flow is found by one method here, whichever is named");
    }

    @Test
    void manyFramesTakeNoMoreMemoryThanFew() {
        var seen = new Watched(Integer.MAX_VALUE, Frames.NONE);

        draw(Wanted.ZOOM.frames(KEPT_ENCODINGS + 12).with("steps", "1"), seen);

        assertThat(seen.tensors.subList(KEPT_ENCODINGS + 1, KEPT_ENCODINGS + 12))
                .as("live tensors after each frame, once no more encodings are kept")
                .containsOnly(Scope.liveTensors());
    }

    @Test
    void theFirstFrameIsDrawnFromTheJobsImage() {
        Picture image = TestPictures.gradient(64, 64);
        Wanted wanted = Wanted.ZOOM.frames(2).fromImage();

        List<Picture> near = draw(wanted.with("strength", "1"), new Sources(List.of(image), null, List.of()));
        assertThat(near.getFirst().rgb()).isEqualTo(image.rgb());

        List<Picture> resized = draw(
                wanted.with("strength", "1"), new Sources(List.of(TestPictures.gradient(96, 96)), null, List.of()));
        assertThat(resized.getFirst().size()).isEqualTo(new Size(64, 64));
        assertThat(TestPictures.meanDifference(resized.getFirst(), image)).isLessThan(10);

        List<Picture> far = draw(wanted.with("strength", "0"), new Sources(List.of(image), null, List.of()));
        assertThat(far.getFirst().rgb())
                .isEqualTo(draw(Wanted.ZOOM.frames(1), Progress.NONE).getFirst().rgb());
    }

    @Test
    void everyModeDraws() {
        for (String mode : List.of("2D", "3D", "Interpolation", "None")) {
            Rendering rendering = render(
                    Wanted.ZOOM
                            .frames(2)
                            .with("animation_mode", mode)
                            .withPrompts(Map.of("0", "a red circle --neg blue", "1", "a blue square"))
                            .job(),
                    Sources.NONE,
                    Progress.NONE);

            assertThat(films.frames).as(mode).hasSize(2);
            assertThat(String.join("\n", rendering.notes()))
                    .contains("negative prompts have no effect")
                    .contains(mode.equals("3D") ? "3D with flat depth" : "");
        }
    }

    @Test
    void aCameraInSpaceSeesHowFarAwayThingsAre() {
        Wanted wanted = Wanted.ZOOM.frames(3).with("animation_mode", "3D", "translation_z", "0:(20)");
        List<Picture> flat = draw(wanted, Progress.NONE);
        Path tiny = TestCheckpoints.GOLDENS.resolve("tiny-depth-anything-v2-relative");
        try (DepthModel depth = DepthModel.load(tiny, new Placement(Device.CPU, DType.FLOAT32))) {
            var animated = new Animated(base(), films, AnimationLimits.STANDARD, depth);
            Job.Animation job = wanted.job();
            Rendering seen = animated.render(job, job.samples().getFirst(), Sources.NONE, Progress.NONE);

            assertThat(seen.notes()).isEmpty();
            assertThat(films.frames.getFirst().rgb()).isEqualTo(flat.getFirst().rgb());
            assertThat(films.frames.get(1).rgb()).isNotEqualTo(flat.get(1).rgb());
            assertThat(animated.demand(job, job.samples(), Sources.NONE)
                            .in(DType.FLOAT32)
                            .kept())
                    .isGreaterThan(animated()
                            .demand(job, job.samples(), Sources.NONE)
                            .in(DType.FLOAT32)
                            .kept());
        }
    }

    @Test
    void modelsOfOtherFamiliesDrawThemToo(@TempDir Path folder) throws IOException {
        for (TinyPipeline pipeline : List.of(TinyPipeline.FLUX2_KLEIN, TinyPipeline.ZIMAGE)) {
            try (ImageModel tiny = pipeline.load(Files.createDirectory(folder.resolve(pipeline.name())))) {
                var animated = new Animated(tiny, films, AnimationLimits.STANDARD, null);
                Job.Animation job = Wanted.ZOOM.frames(3).with("steps", "2").job();
                assertThat(animated.fit(job)).as("%s", pipeline).isEqualTo(Fit.MADE_FOR);
                animated.check(job);
                assertThat(animated.demand(job, job.samples(), Sources.NONE)
                                .in(DType.FLOAT32)
                                .transformer())
                        .isPositive();
                animated.render(job, job.samples().getFirst(), Sources.NONE, Progress.NONE);
                assertThat(films.frames).hasSize(3);
            }
        }
    }

    private List<Picture> draw(Wanted wanted, Progress progress) {
        render(wanted.job(), Sources.NONE, progress);
        return List.copyOf(films.frames);
    }

    private List<Picture> draw(Wanted wanted, Sources sources) {
        render(wanted.job(), sources, Progress.NONE);
        return List.copyOf(films.frames);
    }

    private Rendering render(Job.Animation job, Sources sources, Progress progress) {
        animated().check(job);
        return animated().render(job, job.samples().getFirst(), sources, progress);
    }

    private static void assertSame(List<Picture> actual, List<Picture> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(actual.get(i).rgb())
                    .as("frame %d", i)
                    .isEqualTo(expected.get(i).rgb());
        }
    }

    /** Notes what happens, and cancels the job after so many steps. */
    private static class Watched implements Progress {
        final List<Integer> steps = new ArrayList<>();
        final Set<Integer> of = new HashSet<>();
        final List<Long> tensors = new ArrayList<>();
        final AtomicInteger drawn = new AtomicInteger();
        private final int most;
        private final Frames frames;
        int shown;

        Watched(int most, Frames frames) {
            this.most = most;
            this.frames = new Frames() {
                @Override
                public void forget() {}

                @Override
                public void begin(long seed, String fingerprint) {
                    frames.begin(seed, fingerprint);
                }

                @Override
                public OptionalLong seed() {
                    return frames.seed();
                }

                @Override
                public Optional<Picture> find(int index) {
                    return frames.find(index);
                }

                @Override
                public void keep(int index, Picture picture) {
                    drawn.incrementAndGet();
                    frames.keep(index, picture);
                }
            };
        }

        @Override
        public void report(int step, int all) {
            steps.add(step);
            of.add(all);
            if (step > most) {
                throw new JobException(JobException.Code.CANCELLED, "the job was cancelled", null);
            }
        }

        @Override
        public Frames frames() {
            return frames;
        }

        @Override
        public void frame(int index, int count, Picture picture) {
            assertThat(index).isEqualTo(shown);
            shown++;
            tensors.add(Scope.liveTensors());
        }
    }
}
