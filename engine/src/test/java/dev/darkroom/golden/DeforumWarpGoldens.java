package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.animation.warp.DepthMap;
import dev.darkroom.animation.warp.Interpolation;
import dev.darkroom.animation.warp.PerspectiveFlip;
import dev.darkroom.animation.warp.PlaneBorder;
import dev.darkroom.animation.warp.PlaneMotion;
import dev.darkroom.animation.warp.PlanePlaces;
import dev.darkroom.animation.warp.SpaceBorder;
import dev.darkroom.animation.warp.SpaceMotion;
import dev.darkroom.animation.warp.Warp;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The goldens of how pictures of an animation move. */
final class DeforumWarpGoldens {
    private static final double ANY = Double.POSITIVE_INFINITY;

    private DeforumWarpGoldens() {}

    /** The entries of a matrix grow with the size of the picture: those of the shift are hundreds. */
    static List<Comparison> matrices(GoldenFile file) {
        List<Comparison> results = new ArrayList<>();
        int number = 0;
        for (JsonNode golden : file.json()) {
            var size = new Size(golden.path("W").asInt(), golden.path("H").asInt());
            double[] expected = matrix(golden.path("matrix"));
            double[] actual = plane(
                            numbers(golden), golden.path("perspective_flip").asBoolean())
                    .matrix(size)
                    .values();
            results.add(Comparison.of("matrix " + number++, actual, expected, new Tolerance(2e-5, ANY)));
        }
        return results;
    }

    static List<Comparison> points(GoldenFile file) {
        List<Comparison> results = new ArrayList<>();
        int number = 0;
        for (JsonNode golden : file.json()) {
            SpaceMotion motion = space(numbers(golden));
            String label = "camera " + number++ + " ";
            double[] rotation = motion.rotation().values();
            var tolerance = new Tolerance(5e-7, ANY);
            results.add(Comparison.of(label + "rotation", rotation, matrix(golden.path("rotation")), tolerance));
            results.add(Comparison.of(
                    label + "translation",
                    motion.translation(),
                    GoldenValues.doubles(golden.path("translate")),
                    tolerance));
            results.add(Comparison.of(
                    label + "projection",
                    motion.scale(),
                    GoldenValues.doubles(golden.path("projection_xx_yy")),
                    new Tolerance(1e-6, ANY)));
            for (int i = 0; i < golden.path("points_xyz").size(); i++) {
                double[] actual = offset(
                        motion, GoldenValues.doubles(golden.path("points_xyz").path(i)));
                double[] expected =
                        GoldenValues.doubles(golden.path("offset_xy").path(i));
                double scale = Math.max(1, Math.max(Math.abs(expected[0]), Math.abs(expected[1])));
                results.add(Comparison.of(label + "point " + i, actual, expected, new Tolerance(1e-6 * scale, ANY)));
            }
        }
        return results;
    }

    /** How far a point's projection moves, in float64. */
    private static double[] offset(SpaceMotion motion, double[] point) {
        double[] rotation = motion.rotation().values();
        double[] moved = new double[3];
        for (int i = 0; i < 3; i++) {
            moved[i] = motion.translation()[i];
            for (int k = 0; k < 3; k++) {
                moved[i] += point[k] * rotation[3 * k + i];
            }
        }
        double[] offset = new double[2];
        for (int i = 0; i < 2; i++) {
            offset[i] = motion.scale()[i] * (moved[i] / moved[2] - point[i] / point[2]);
        }
        return offset;
    }

    static List<Comparison> pictures(GoldenFile file) {
        GoldenTensors golden = file.tensors();
        Picture picture = golden.picture("in.image");
        float[] depth = golden.floats("in.depth");
        List<Comparison> results = new ArrayList<>();
        DepthMap midas = DepthMap.ofNearness(picture.size(), depth);
        DepthMap zoe = DepthMap.ofDistance(picture.size(), depth);
        var close = new Tolerance(2e-6, ANY);
        results.add(Comparison.of("mid.z_midas", midas.z(), golden.floats("mid.z_midas"), close));
        results.add(Comparison.of("mid.z_zoe", zoe.z(), golden.floats("mid.z_zoe"), close));
        file.params().properties().forEach(entry -> {
            String name = entry.getKey();
            JsonNode params = entry.getValue();
            Warp warp = warp(params, PlanePlaces.TRUE);
            if (name.startsWith("out.2d")) {
                PlaneMotion motion =
                        plane(numbers(params), params.path("perspective_flip").asBoolean());
                DeforumFrameGoldens.levels(
                        results, name, warp.apply(picture, motion, null), golden.picture(name), 4, 0.3);
                Picture as = warp(params, PlanePlaces.OPENCV).apply(picture, motion, null);
                DeforumFrameGoldens.levels(results, name + " as OpenCV", as, golden.picture(name), 1, 0.01);
            } else if (name.startsWith("out.3d_classic")) {
                Picture moved = warp.classic(picture, space(numbers(params)), new DepthMap(picture.size(), depth));
                DeforumFrameGoldens.fewLevels(results, name, moved, golden.picture(name), 1, 0.03);
            } else {
                String algorithm = params.path("depth_algorithm").asText();
                DepthMap z = depth(algorithm, midas, zoe);
                Picture moved = warp.apply(picture, space(numbers(params)), z);
                DeforumFrameGoldens.fewLevels(results, name, moved, golden.picture(name), 1, 0.03);
            }
        });
        return results;
    }

    private static @Nullable DepthMap depth(String algorithm, DepthMap midas, DepthMap zoe) {
        return switch (algorithm.toLowerCase(Locale.ROOT)) {
            case "none" -> null;
            case "zoe", "leres", "adabins" -> zoe;
            default -> midas;
        };
    }

    /** Borders and sampling as a manifest or a loop's settings name them. */
    static Warp warp(JsonNode params, PlanePlaces places) {
        return new Warp(
                PlaneBorder.valueOf(params.path("border").asText("replicate").toUpperCase(Locale.ROOT)),
                places,
                SpaceBorder.valueOf(params.path("padding_mode").asText("border").toUpperCase(Locale.ROOT)),
                Interpolation.valueOf(
                        params.path("sampling_mode").asText("bicubic").toUpperCase(Locale.ROOT)),
                GoldenTensors.DEVICE);
    }

    private static ToDoubleFunction<String> numbers(JsonNode params) {
        return name -> params.path(name).asDouble();
    }

    static PlaneMotion plane(ToDoubleFunction<String> numbers, boolean flips) {
        return new PlaneMotion(
                numbers.applyAsDouble("angle"),
                numbers.applyAsDouble("zoom"),
                numbers.applyAsDouble("translation_x"),
                numbers.applyAsDouble("translation_y"),
                numbers.applyAsDouble("transform_center_x"),
                numbers.applyAsDouble("transform_center_y"),
                flips
                        ? new PerspectiveFlip(
                                numbers.applyAsDouble("perspective_flip_theta"),
                                numbers.applyAsDouble("perspective_flip_phi"),
                                numbers.applyAsDouble("perspective_flip_gamma"),
                                numbers.applyAsDouble("perspective_flip_fv"))
                        : null);
    }

    static SpaceMotion space(ToDoubleFunction<String> numbers) {
        return new SpaceMotion(
                numbers.applyAsDouble("translation_x"),
                numbers.applyAsDouble("translation_y"),
                numbers.applyAsDouble("translation_z"),
                numbers.applyAsDouble("rotation_3d_x"),
                numbers.applyAsDouble("rotation_3d_y"),
                numbers.applyAsDouble("rotation_3d_z"),
                numbers.applyAsDouble("fov"),
                numbers.applyAsDouble("aspect_ratio"),
                null);
    }

    private static double[] matrix(JsonNode rows) {
        double[] numbers = new double[9];
        for (int i = 0; i < 9; i++) {
            numbers[i] = rows.path(i / 3).path(i % 3).asDouble();
        }
        return numbers;
    }
}
