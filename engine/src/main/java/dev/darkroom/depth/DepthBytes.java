package dev.darkroom.depth;

import dev.darkroom.job.Size;
import dev.darkroom.tensor.DType;

/** Bytes that depth takes at its peak beside the weights: an upper bound, which runs on {@code meta} stay below. */
final class DepthBytes {
    private DepthBytes() {}

    /**
     * Computes them for one picture.
     *
     * @param seen size at which the network sees it
     */
    static long peak(DepthConfig config, Size picture, Size seen, DType type) {
        Dinov2Config backbone = config.backbone();
        long patches = (long) (seen.width() / backbone.patch()) * (seen.height() / backbone.patch());
        long features = (long) backbone.stages().size() * backbone.width();
        long perPatch = features + Math.max(layer(backbone), Math.max(fusion(config), head(config)));
        return (patches + 1) * perPatch * type.bytes()
                + (picture.area() + 5 * seen.area()) * DType.FLOAT32.bytes(); // pixels, and depth as it is resized
    }

    /** Numbers for each token that a layer has at once, with what goes in and comes out. */
    private static long layer(Dinov2Config backbone) {
        return 9L * backbone.width() + 2L * backbone.mlpWidth();
    }

    /** Numbers for each patch while the finest map is fused: all maps, four of the finest, and two of twice its sides. */
    private static long fusion(DepthConfig config) {
        double maps =
                config.factors().stream().mapToDouble(factor -> factor * factor).sum();
        return (long) Math.ceil(config.fusionWidth() * (maps + (4 + 2 * 4) * finest(config)));
    }

    /** Numbers for each patch in the head: of the fused map and half its channels, then for each pixel. */
    private static long head(DepthConfig config) {
        double fused = 1.5 * 4 * finest(config) * config.fusionWidth();
        long pixels = (long) config.backbone().patch() * config.backbone().patch();
        return (long) Math.ceil(fused + pixels * (config.fusionWidth() / 2.0 + 2.0 * config.headWidth() + 3));
    }

    private static double finest(DepthConfig config) {
        return config.factors().stream()
                .mapToDouble(factor -> Math.max(1, factor * factor))
                .max()
                .orElseThrow();
    }
}
