package dev.darkroom.animation;

import dev.darkroom.job.AnimationSettings;
import dev.darkroom.job.Job;
import dev.darkroom.job.MaskPaints;
import dev.darkroom.job.PosterFrame;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.job.VideoFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An animation as tests ask for it: of a sunset, as small as frames can be. */
record Wanted(
        Map<String, String> deforum,
        Map<String, String> prompts,
        @Nullable String preset,
        Size size,
        long seed,
        List<String> images,
        @Nullable String mask,
        @Nullable String video,
        @Nullable PosterFrame poster) {
    static final Wanted ZOOM = new Wanted(Map.of("zoom", "0:(1.03)"), Map.of(), null, new Size(64, 64), 7, List.of());

    Wanted(
            Map<String, String> deforum,
            Map<String, String> prompts,
            @Nullable String preset,
            Size size,
            long seed,
            List<String> images) {
        this(deforum, prompts, preset, size, seed, images, null, null, null);
    }

    Wanted with(String... settings) {
        Map<String, String> more = new LinkedHashMap<>(deforum);
        for (int i = 0; i < settings.length; i += 2) {
            more.put(settings[i], settings[i + 1]);
        }
        return new Wanted(more, prompts, preset, size, seed, images, mask, video, poster);
    }

    Wanted frames(int count) {
        return with("max_frames", String.valueOf(count));
    }

    Wanted withPreset(String name) {
        return new Wanted(deforum, prompts, name, size, seed, images, mask, video, poster);
    }

    Wanted withPrompts(Map<String, String> texts) {
        return new Wanted(deforum, texts, preset, size, seed, images, mask, video, poster);
    }

    Wanted withSeed(long other) {
        return new Wanted(deforum, prompts, preset, size, other, images, mask, video, poster);
    }

    Wanted of(Size other) {
        return new Wanted(deforum, prompts, preset, other, seed, images, mask, video, poster);
    }

    Wanted fromImage() {
        return new Wanted(deforum, prompts, preset, size, seed, List.of(""), mask, video, poster);
    }

    Wanted withMask() {
        return new Wanted(deforum, prompts, preset, size, seed, images, "", video, poster);
    }

    Wanted withVideo() {
        return new Wanted(deforum, prompts, preset, size, seed, images, mask, "", poster);
    }

    Wanted withPoster(PosterFrame frame) {
        return new Wanted(deforum, prompts, preset, size, seed, images, mask, video, frame);
    }

    Job.Animation job() {
        var settings =
                new AnimationSettings(deforum, prompts, Map.of(), preset, VideoFormat.MP4, 12, 90, poster, false);
        var sampling = TestJobs.of("a sunset over mountains", null, size, null, null, null, seed);
        return new Job.Animation(TestJobs.PLAIN, sampling, settings, images, mask, MaskPaints.WHITE, video);
    }
}
