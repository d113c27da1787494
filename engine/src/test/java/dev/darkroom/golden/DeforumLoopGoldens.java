package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.animation.curve.Curve;
import dev.darkroom.animation.curve.Span;
import dev.darkroom.animation.frame.Blend;
import dev.darkroom.animation.frame.ColorSpace;
import dev.darkroom.animation.frame.FrameNoise;
import dev.darkroom.animation.frame.FrameNumbers;
import dev.darkroom.animation.frame.NextFrame;
import dev.darkroom.animation.frame.Sharpening;
import dev.darkroom.animation.warp.Motion;
import dev.darkroom.animation.warp.PlaneMotion;
import dev.darkroom.animation.warp.PlanePlaces;
import dev.darkroom.job.Picture;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The golden of a whole animation, drawn by a mock. Every step starts from what the reference has there, so that each is compared by itself:
 * rounding would be fed back otherwise.
 */
final class DeforumLoopGoldens {
    private final GoldenTensors golden;
    private final String name;
    private final JsonNode settings;
    private final JsonNode schedules;
    private final NextFrame next;
    private final List<Comparison> results;

    private @Nullable Picture earlier;
    private @Nullable Picture later;
    private @Nullable Picture previous;
    private int earlierAt;
    private int laterAt;

    private DeforumLoopGoldens(GoldenFile file, GoldenTensors golden, String name, List<Comparison> results) {
        this.golden = golden;
        this.name = name;
        this.settings = file.params().path(name);
        this.schedules = file.params().path("schedules");
        this.results = results;
        String coherence = settings.path("color_coherence").asText("None");
        var noise = new FrameNoise(
                FrameNoise.Kind.valueOf(settings.path("noise_type").asText().toUpperCase(Locale.ROOT)), 8, 8, 4, 0.5);
        this.next = new NextFrame(
                DeforumWarpGoldens.warp(settings, PlanePlaces.OPENCV),
                noise,
                coherence.equals("None") ? null : ColorSpace.valueOf(coherence),
                false,
                null,
                null);
    }

    static List<Comparison> compare(GoldenFile file) {
        GoldenTensors golden = file.tensors();
        List<Comparison> results = new ArrayList<>();
        file.params().properties().forEach(entry -> {
            if (entry.getValue().has("max_frames")) {
                new DeforumLoopGoldens(file, golden, entry.getKey(), results).run();
            }
        });
        return results;
    }

    private void run() {
        int cadence = settings.path("cadence").asInt();
        for (int k = 0; k < settings.path("max_frames").asInt(); k += cadence) {
            if (cadence > 1) {
                between(Math.max(0, k - cadence), k);
            }
            Picture drawn = generated(k);
            earlier = later;
            earlierAt = laterAt;
            later = drawn;
            laterAt = k;
            if (cadence == 1) {
                previous = seen("file.", k, drawn, 1, 0.02);
            }
        }
    }

    /** The frames between two that are drawn; the last of them is what the next is drawn from. */
    private void between(int start, int end) {
        for (int j = start; j < end && later != null; j++) {
            double part = (double) (j - start + 1) / (end - start);
            if (earlier != null && j > earlierAt) {
                earlier = next.moved(earlier, numbers(j), null);
            }
            if (j > laterAt) {
                later = next.moved(later, numbers(j), null);
            }
            earlierAt = j;
            laterAt = j;
            previous = seen("file.", j, earlier == null || part == 1 ? later : Blend.of(earlier, later, part), 3, 0.05);
        }
    }

    private Picture generated(int k) {
        long seed = golden.longs(key("seed.", k))[0];
        Picture mock = golden.picture("mock." + seed);
        if (previous == null) {
            return seen("generated.", k, next.drawn(mock), 0, 0);
        }
        FrameNumbers numbers = numbers(k);
        Picture warped = seen("warped.", k, next.moved(previous, numbers, null), 1, 0.03);
        var still = new FrameNumbers(PlaneMotion.NONE, numbers.contrast(), numbers.sharpening(), numbers.noise());
        Picture start = seen("init.", k, next.start(warped, still, null, seed), 3, 0.02);
        return seen("generated.", k, next.drawn(mixed(start, mock, Math.clamp(at("strength", k), 0, 1))), 1, 0.02);
    }

    private static Picture mixed(Picture start, Picture mock, double strength) {
        return Blend.of(mock, start, strength);
    }

    /** Compares a picture, and goes on with the reference's. */
    private Picture seen(String what, int frame, Picture actual, double most, double mean) {
        Picture expected = golden.picture(key(what, frame));
        DeforumFrameGoldens.levels(results, key(what, frame), actual, expected, most, mean);
        return expected;
    }

    private String key(String what, int frame) {
        return name + "." + what + frame;
    }

    private FrameNumbers numbers(int frame) {
        ToDoubleFunction<String> numbers = schedule -> at(schedule, frame);
        Motion motion = settings.path("animation_mode").asText().equals("2D")
                ? DeforumWarpGoldens.plane(numbers, false)
                : DeforumWarpGoldens.space(numbers);
        var sharpening = new Sharpening(
                (int) at("kernel", frame), at("sigma", frame), at("amount", frame), at("threshold", frame));
        return new FrameNumbers(motion, at("contrast", frame), sharpening, at("noise", frame));
    }

    private double at(String schedule, int frame) {
        var span = new Span(settings.path("max_frames").asInt(), 0);
        return Curve.parse(schedule, schedules.path(schedule).asText(), span).values()[frame];
    }
}
