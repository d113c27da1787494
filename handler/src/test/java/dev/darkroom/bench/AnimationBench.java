package dev.darkroom.bench;

import dev.darkroom.animation.Animated;
import dev.darkroom.animation.AnimationLimits;
import dev.darkroom.animation.Film;
import dev.darkroom.animation.Films;
import dev.darkroom.animation.VideoFilms;
import dev.darkroom.animation.frame.ColorSpace;
import dev.darkroom.animation.frame.FrameNoise;
import dev.darkroom.animation.frame.FrameNumbers;
import dev.darkroom.animation.frame.NextFrame;
import dev.darkroom.animation.frame.Sharpening;
import dev.darkroom.animation.warp.Interpolation;
import dev.darkroom.animation.warp.Motion;
import dev.darkroom.animation.warp.PlaneBorder;
import dev.darkroom.animation.warp.PlaneMotion;
import dev.darkroom.animation.warp.PlanePlaces;
import dev.darkroom.animation.warp.SpaceBorder;
import dev.darkroom.animation.warp.SpaceMotion;
import dev.darkroom.animation.warp.Warp;
import dev.darkroom.engine.LoadedModel;
import dev.darkroom.image.PilResize;
import dev.darkroom.job.AnimationSettings;
import dev.darkroom.job.Job;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.job.Timings;
import dev.darkroom.job.VideoFormat;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Sources;
import dev.darkroom.tensor.Device;
import dev.darkroom.video.ffmpeg.Ffmpeg;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a frame of an animation costs beside its drawing, at the size that models of full size draw, and what encoding takes from a film that
 * is drawn meanwhile.
 */
final class AnimationBench {
    private static final int SIDE = 768;
    private static final int FRAMES = 48;

    /** Milliseconds of a frame by FLUX.2 klein 4B on an H100, two steps and the autoencoder, computed: docs/performance.md. */
    private static final double DRAWING_ON_A_CARD = 103;

    private static final FrameNoise NOISE = new FrameNoise(FrameNoise.Kind.PERLIN, 8, 8, 4, 0.5);
    private static final Warp WARP =
            new Warp(PlaneBorder.REPLICATE, PlanePlaces.TRUE, SpaceBorder.BORDER, Interpolation.BICUBIC, Device.CPU);
    private static final Motion PLANE = new PlaneMotion(0.5, 1.02, 1, 0, 0.5, 0.5, null);
    private static final Motion SPACE = new SpaceMotion(0.3, 0, 1.5, 0, 0.15, 0, 60, 1, null);

    private AnimationBench() {}

    static void run() throws Exception {
        try (ImageModel model = LoadedModel.from(Bench.POCKET)) {
            Ffmpeg ffmpeg = Ffmpeg.unpackedIn(Bench.scratch());
            var files = new VideoFilms(ffmpeg, Bench.scratch());
            parts(frame(model), files);
            film(model, files);
        }
    }

    private static Picture frame(ImageModel model) {
        Job job = new Job.TextToImage(
                TestJobs.PLAIN, TestJobs.of("a sunset over mountains", null, new Size(256, 256), 4, null, null, 7));
        Picture drawn = model.render(job, TestJobs.first(job), Sources.NONE, Progress.NONE)
                .picture();
        return PilResize.LANCZOS.apply(drawn, new Size(SIDE, SIDE));
    }

    private static void parts(Picture frame, Films films) throws Exception {
        var sharpening = new Sharpening(5, 1, 0.08, 0);
        Measured plane = measured("moved in 2D", () -> next().moved(frame, numbers(PLANE), null));
        Measured space = measured("moved in 3D", () -> next().moved(frame, numbers(SPACE), null));
        NextFrame coloured = next();
        coloured.keepColoursOf(frame);
        Measured colour = measured("colours matched", () -> coloured.drawn(frame));
        Measured sharp = measured("sharpened", () -> sharpening.apply(frame));
        Measured noise = measured("noise added", () -> NOISE.added(frame, 0.03, 7));
        Measured start =
                measured("all that makes the next start", () -> coloured.start(frame, numbers(PLANE), null, 7));
        Measured encoded = encoded(frame, films);
        Stream.of(plane, space, colour, sharp, noise, start, encoded).forEach(System.out::println);
        double beside = start.median() + colour.median();
        Bench.expect(
                "start and colours of a frame of 768×768 take no longer than its drawing on a card (103 ms, computed)",
                beside / DRAWING_ON_A_CARD,
                "of it",
                beside < DRAWING_ON_A_CARD);
    }

    private static NextFrame next() {
        return new NextFrame(WARP, NOISE, ColorSpace.RGB, false, null, null);
    }

    private static FrameNumbers numbers(Motion motion) {
        return new FrameNumbers(motion, 1, new Sharpening(5, 1, 0.08, 0), 0.03);
    }

    private static Measured measured(String what, Measured.Timed work) throws Exception {
        return Measured.milliseconds(what + String.format(Locale.ROOT, ", %d×%d", SIDE, SIDE), 5, 15, work);
    }

    private static Measured encoded(Picture frame, Films films) throws Exception {
        var wish =
                new Films.Wish(VideoFormat.MP4, frame.size(), FRAMES, 15, 75, false, null, TestJobs.PLAIN.delivery());
        double[] times = new double[3];
        for (int round = 0; round < times.length; round++) {
            long start = System.nanoTime();
            try (Film film = films.begin(wish)) {
                for (int i = 0; i < FRAMES; i++) {
                    film.add(WARP.apply(frame, new PlaneMotion(0, 1 + 0.02 * i, 0, 0, 0.5, 0.5, null), null));
                }
                film.finish();
            }
            times[round] = (System.nanoTime() - start) / 1e6 / FRAMES;
        }
        return Measured.of("moved and encoded to H.264, a frame", times);
    }

    /** Whole films of the embedded model, with and without a file. */
    private static void film(ImageModel model, Films files) throws Exception {
        Job.Animation job = job();
        Timings[] last = new Timings[1];
        Measured written = Measured.milliseconds("film of 48 frames, 128×128, to H.264", 1, 5, () -> {
            last[0] = draw(model, files, job);
        });
        Measured drawn = Measured.milliseconds("the same to nowhere", 1, 5, () -> draw(model, new Nowhere(), job));
        System.out.println(written);
        System.out.println("  " + last[0]);
        System.out.println(drawn);
        double ratio = written.median() / drawn.median();
        Bench.expect(
                "encoding beside drawing makes a film at most a quarter longer, on two cores that draw too",
                ratio,
                "times as long",
                ratio < 1.25);
        double drawing = Stream.of("encode", "denoise", "decode")
                .mapToDouble(part -> last[0].milliseconds().getOrDefault(part, 0L))
                .sum();
        double all = last[0].milliseconds().values().stream()
                .mapToDouble(Long::doubleValue)
                .sum();
        Bench.expect("most of a film's time is its networks'", drawing / all, "of it", drawing / all > 0.5);
    }

    private static Job.Animation job() {
        var settings = new AnimationSettings(
                Map.of("max_frames", String.valueOf(FRAMES)), Map.of(), Map.of(), "smooth", VideoFormat.MP4, 15, 75);
        return new Job.Animation(
                TestJobs.PLAIN,
                TestJobs.of("a sunset over mountains", null, new Size(128, 128), 4, null, null, 7),
                settings,
                List.of());
    }

    private static Timings draw(ImageModel model, Films films, Job.Animation job) {
        return new Animated(model, films, AnimationLimits.STANDARD, null)
                .render(job, job.samples().getFirst(), Sources.NONE, Progress.NONE)
                .timings();
    }

    /** Films that are thrown away. */
    private record Nowhere() implements Films, Film {
        @Override
        public void check(Wish wish) {}

        @Override
        public Film begin(Wish wish) {
            return this;
        }

        @Override
        public void add(Picture frame) {}

        @Override
        public byte[] finish() {
            return new byte[1];
        }

        @Override
        public void close() {}
    }
}
