package dev.darkroom.animation;

import dev.darkroom.animation.curve.Span;
import dev.darkroom.animation.frame.FrameNumbers;
import dev.darkroom.animation.frame.Sharpening;
import dev.darkroom.animation.warp.Motion;
import dev.darkroom.animation.warp.PerspectiveFlip;
import dev.darkroom.animation.warp.PlaneMotion;
import dev.darkroom.animation.warp.SpaceMotion;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Size;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The schedules of what happens to the frame before, with their values for all frames. */
final class FrameCurves {
    private static final List<String> FRAME = List.of(
            "contrast_schedule",
            "noise_schedule",
            "kernel_schedule",
            "sigma_schedule",
            "amount_schedule",
            "threshold_schedule");
    private static final List<String> SHIFT = List.of("translation_x", "translation_y");
    private static final List<String> PLANE = List.of("angle", "zoom", "transform_center_x", "transform_center_y");
    private static final List<String> SPACE = List.of(
            "translation_z",
            "rotation_3d_x",
            "rotation_3d_y",
            "rotation_3d_z",
            "fov_schedule",
            "aspect_ratio_schedule");
    private static final List<String> FLIP =
            List.of("perspective_flip_theta", "perspective_flip_phi", "perspective_flip_gamma", "perspective_flip_fv");

    private final Map<String, double[]> values;
    private final boolean isInSpace;
    private final boolean isFlipped;
    private final boolean isAsWideAsThePicture;

    private FrameCurves(
            Map<String, double[]> values, boolean isInSpace, boolean isFlipped, boolean isAsWideAsThePicture) {
        this.values = values;
        this.isInSpace = isInSpace;
        this.isFlipped = isFlipped;
        this.isAsWideAsThePicture = isAsWideAsThePicture;
    }

    /**
     * Evaluates the schedules that a mode uses.
     *
     * @throws JobException that names the setting, the key and the column
     */
    static FrameCurves of(Settings settings, AnimationMode mode, Span span) {
        boolean isInSpace = mode == AnimationMode.SPACE;
        boolean isFlipped = settings.flag("enable_perspective_flip");
        Map<String, double[]> values = new LinkedHashMap<>();
        Stream.of(FRAME, SHIFT, isInSpace ? SPACE : PLANE, isFlipped ? FLIP : List.<String>of())
                .flatMap(List::stream)
                .forEach(name -> values.put(name, settings.curve(name, span)));
        return new FrameCurves(values, isInSpace, isFlipped, settings.flag("aspect_ratio_use_old_formula"));
    }

    /**
     * What happens to the frame before, in a frame.
     *
     * @param size of all frames
     * @throws JobException if a number is out of its range, that names the setting and the frame
     */
    FrameNumbers at(int frame, Size size) {
        try {
            var sharpening = new Sharpening(
                    (int) value("kernel_schedule", frame) | 1, // between two keys there are even ones
                    value("sigma_schedule", frame),
                    value("amount_schedule", frame),
                    value("threshold_schedule", frame));
            return new FrameNumbers(
                    motion(frame, size), value("contrast_schedule", frame), sharpening, value("noise_schedule", frame));
        } catch (IllegalArgumentException e) {
            throw JobException.badInput(named(String.valueOf(e.getMessage())) + ", in frame " + frame);
        }
    }

    /** Checks the numbers of all frames. */
    void check(int frames, Size size) {
        for (int frame = 0; frame < frames; frame++) {
            at(frame, size);
        }
    }

    private Motion motion(int frame, Size size) {
        PerspectiveFlip flip = flip(frame);
        if (isInSpace) {
            if (flip != null) {
                flip.matrix(size).inverse();
            }
            return space(frame, size, flip);
        }
        PlaneMotion plane = plane(frame, flip);
        plane.matrix(size).inverse(); // a picture that vanishes is told before anything is drawn
        return plane;
    }

    private SpaceMotion space(int frame, Size size, @Nullable PerspectiveFlip flip) {
        return new SpaceMotion(
                value("translation_x", frame),
                value("translation_y", frame),
                value("translation_z", frame),
                value("rotation_3d_x", frame),
                value("rotation_3d_y", frame),
                value("rotation_3d_z", frame),
                value("fov_schedule", frame),
                isAsWideAsThePicture ? (double) size.width() / size.height() : value("aspect_ratio_schedule", frame),
                flip);
    }

    private PlaneMotion plane(int frame, @Nullable PerspectiveFlip flip) {
        return new PlaneMotion(
                value("angle", frame),
                value("zoom", frame),
                value("translation_x", frame),
                value("translation_y", frame),
                value("transform_center_x", frame),
                value("transform_center_y", frame),
                flip);
    }

    private @Nullable PerspectiveFlip flip(int frame) {
        return isFlipped
                ? new PerspectiveFlip(
                        value("perspective_flip_theta", frame),
                        value("perspective_flip_phi", frame),
                        value("perspective_flip_gamma", frame),
                        value("perspective_flip_fv", frame))
                : null;
    }

    private double value(String name, int frame) {
        double[] all = values.getOrDefault(name, new double[] {0});
        return all[Math.min(frame, all.length - 1)];
    }

    /** What pictures call {@code noise} is the setting {@code noise_schedule}. */
    private String named(String message) {
        int colon = Math.max(0, message.indexOf(':'));
        String schedule = message.substring(0, colon) + "_schedule";
        return values.containsKey(schedule) ? schedule + message.substring(colon) : message;
    }
}
