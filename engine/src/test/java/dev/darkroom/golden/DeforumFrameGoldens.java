package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.animation.frame.ColorMatch;
import dev.darkroom.animation.frame.ColorSpace;
import dev.darkroom.animation.frame.FrameNoise;
import dev.darkroom.animation.frame.Levels;
import dev.darkroom.animation.frame.PerlinNoise;
import dev.darkroom.animation.frame.Sharpening;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.job.Picture;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** The goldens of what happens to a frame of an animation before the next is drawn from it: noise, colours, sharpness. */
final class DeforumFrameGoldens {
    private DeforumFrameGoldens() {}

    /** Comparisons by how a file's name begins. */
    static Map<String, Function<GoldenFile, List<Comparison>>> kinds() {
        return Map.of(
                "warp2d_matrices", DeforumWarpGoldens::matrices,
                "warp3d_points", DeforumWarpGoldens::points,
                "warp_images", DeforumWarpGoldens::pictures,
                "noise", DeforumFrameGoldens::noise,
                "image_ops", DeforumFrameGoldens::operations,
                "animation_loop", DeforumLoopGoldens::compare);
    }

    private static List<Comparison> noise(GoldenFile file) {
        GoldenTensors golden = file.tensors();
        List<Comparison> results = new ArrayList<>();
        file.params().properties().forEach(entry -> {
            String name = entry.getKey();
            JsonNode params = entry.getValue();
            var noise = new FrameNoise(
                    FrameNoise.Kind.valueOf(params.path("noise_type").asText().toUpperCase(Locale.ROOT)),
                    params.path("perlin_w").asInt(),
                    params.path("perlin_h").asInt(),
                    params.path("octaves").asInt(),
                    params.path("persistence").asDouble());
            if (golden.has(name + ".white")) {
                draws(results, name, params.path("seed").asLong(), noise, golden);
            }
            String picture = golden.has(name + ".in") ? name + ".in" : "in.image";
            String out = golden.has(name + ".out") ? name + ".out" : name + ".out_perlin";
            levels(
                    results,
                    out,
                    noise.added(
                            golden.picture(picture),
                            params.path("amount").asDouble(),
                            params.path("seed").asLong()),
                    golden,
                    1);
        });
        return results;
    }

    /** The reference's draws of a seed, and its field of Perlin noise. */
    private static void draws(
            List<Comparison> results, String name, long seed, FrameNoise noise, GoldenTensors golden) {
        try (var scope = Scope.open("golden")) {
            var perlin =
                    new PerlinNoise(noise.perlinWidth(), noise.perlinHeight(), noise.octaves(), noise.persistence());
            long[] shape = golden.shape(name + ".white");
            List<float[]> drawn = Operators.randnRand(seed, shape, perlin.lattices()).stream()
                    .map(Tensor::toFloats)
                    .toList();
            results.add(Comparison.of(
                    name + ".white", drawn.getFirst(), golden.floats(name + ".white"), new Tolerance(1e-6, 1e-6)));
            if (noise.kind() == FrameNoise.Kind.PERLIN) {
                for (int octave = 0; octave < noise.octaves(); octave++) {
                    String rand = name + ".rand." + octave;
                    results.add(Comparison.of(rand, drawn.get(octave + 1), golden.floats(rand), Tolerance.EXACT));
                }
                results.add(Comparison.of(
                        name + ".perlin",
                        perlin.field((int) shape[1], (int) shape[2], drawn.subList(1, drawn.size())),
                        golden.floats(name + ".perlin"),
                        new Tolerance(1e-5, 1e-5)));
            }
        }
    }

    private static List<Comparison> operations(GoldenFile file) {
        GoldenTensors golden = file.tensors();
        Picture picture = golden.picture("in.image");
        Picture reference = golden.picture("in.reference");
        List<Comparison> results = new ArrayList<>();
        for (String name : golden.header().entries().keySet()) {
            String value = name.substring(name.indexOf('.') + 1);
            if (name.startsWith("match.")) {
                levels(results, name, ColorMatch.apply(picture, reference, ColorSpace.valueOf(value)), golden, 0);
            } else if (name.startsWith("contrast.")) {
                contrast(results, name, picture, Double.parseDouble(value), golden);
            } else if (name.startsWith("sharpen.")) {
                levels(results, name, sharpening(file.params().path(name)).apply(picture), golden, 2);
            } else if (name.endsWith("_of_image")) {
                ColorSpace space =
                        ColorSpace.valueOf(name.substring(0, name.indexOf('_')).toUpperCase(Locale.ROOT));
                byte[] channels = space.from(picture.rgb());
                levels(results, name, new Picture(picture.width(), picture.height(), channels), golden, 0);
            }
        }
        return results;
    }

    private static Sharpening sharpening(JsonNode params) {
        return new Sharpening(
                params.path("kernel").asInt(),
                params.path("sigma").asDouble(),
                params.path("amount").asDouble(),
                params.path("threshold").asDouble());
    }

    /** The reference begins again at 0 above 255: there ours stays at 255. */
    private static void contrast(
            List<Comparison> results, String name, Picture picture, double factor, GoldenTensors golden) {
        float[] expected = GoldenValues.levels(golden.picture(name).rgb());
        for (int i = 0; i < expected.length; i++) {
            expected[i] = Math.rint((picture.rgb()[i] & 0xFF) * factor) > 255 ? 255 : expected[i];
        }
        float[] actual = GoldenValues.levels(Levels.contrast(picture, factor).rgb());
        results.add(Comparison.of(name, actual, expected, Tolerance.EXACT));
    }

    /** Compares levels, of which none may differ by more than {@code most}. */
    private static void levels(
            List<Comparison> results, String name, Picture actual, GoldenTensors golden, double most) {
        levels(results, name, actual, golden.picture(name), most);
    }

    private static void levels(List<Comparison> results, String label, Picture actual, Picture expected, double most) {
        results.add(Comparison.of(
                label,
                GoldenValues.levels(actual.rgb()),
                GoldenValues.levels(expected.rgb()),
                new Tolerance(most, Double.POSITIVE_INFINITY)));
    }

    /** Compares levels, of which none may differ by more than {@code most}, and which may differ by {@code mean} on the whole. */
    static void levels(
            List<Comparison> results, String label, Picture actual, Picture expected, double most, double mean) {
        levels(results, label, actual, expected, most);
        bounded(results, label + " mean", share(actual, expected, false), mean);
    }

    /** Compares levels, of which the most may be equal: {@code part} of them may differ, by {@code most}. */
    static void fewLevels(
            List<Comparison> results, String label, Picture actual, Picture expected, double most, double part) {
        levels(results, label, actual, expected, most);
        bounded(results, label + " part", share(actual, expected, true), part);
    }

    private static void bounded(List<Comparison> results, String what, double value, double bound) {
        results.add(Comparison.of(
                what, new double[] {value}, new double[] {0}, new Tolerance(bound, Double.POSITIVE_INFINITY)));
    }

    private static double share(Picture actual, Picture expected, boolean count) {
        double sum = 0;
        for (int i = 0; i < expected.rgb().length; i++) {
            int difference = Math.abs((actual.rgb()[i] & 0xFF) - (expected.rgb()[i] & 0xFF));
            sum += count ? Math.min(1, difference) : difference;
        }
        return sum / expected.rgb().length;
    }
}
