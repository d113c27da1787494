package dev.darkroom.depth;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.PictureOperators;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.nio.file.Path;
import java.util.List;

/**
 * Depth Anything V2: a vision transformer, and a neck and a head that make depth of its features.
 *
 * <p>Source: Yang et al., Depth Anything V2, 2024; huggingface/transformers, {@code models/depth_anything/modeling_depth_anything.py},
 * DepthAnythingForDepthEstimation.
 */
public final class DepthAnything {
    private final DepthConfig config;
    private final Placement placement;
    private final Dinov2Backbone backbone;
    private final DepthNeck neck;
    private final DepthHead head;

    /** Reads the weights below {@code w}, in the shapes that the config states. */
    public DepthAnything(DepthConfig config, Weights w) {
        this.config = config;
        placement = w.placement();
        backbone = new Dinov2Backbone(config.backbone(), w.at("backbone"));
        neck = new DepthNeck(config, w.at("neck"));
        head = DepthHead.load(w.at("head"), config);
    }

    /**
     * Loads the network of a folder with {@code config.json} and safetensors.
     *
     * @throws dev.darkroom.checkpoint.CheckpointException that names the file, and the field or tensors at fault
     */
    public static Loaded<DepthAnything> load(Path folder, Placement placement) {
        return Weights.load(folder, placement, DepthConfig::read, DepthAnything::new);
    }

    public DepthConfig config() {
        return config;
    }

    /** Device and element type in which this network computes. */
    public Placement placement() {
        return placement;
    }

    /**
     * Computes depth of pixels that are normalised for it: {@code [B, 3, h, w] → [B, h′, w′]}, where the sides are those of the whole
     * patches in {@code h} and {@code w}.
     *
     * @throws IllegalArgumentException if a side is less than a patch
     */
    public Tensor forward(Tensor pixels) {
        int patch = config.backbone().patch();
        long rows = pixels.size(2) / patch;
        long columns = pixels.size(3) / patch;
        if (rows < 1 || columns < 1) {
            throw new IllegalArgumentException(
                    pixels.size(3) + "x" + pixels.size(2) + " pixels are less than a patch of " + patch + "x" + patch);
        }
        try (var scope = Scope.open("depth")) {
            List<Tensor> features =
                    backbone.features(pixels.to(placement.device()).to(placement.dtype()));
            Tensor depth = head.forward(neck.forward(features, rows, columns), rows * patch, columns * patch);
            Probe.see("predicted_depth", depth);
            return scope.keep(depth.reshape(depth.size(0), depth.size(2), depth.size(3)));
        }
    }

    /** Resizes depth {@code [1, h, w]} to the size of its picture, smoothly: float32 {@code [height, width]}. */
    static Tensor resized(Tensor depth, int height, int width) {
        try (var scope = Scope.open("resized depth")) {
            Tensor plane = depth.reshape(1, 1, depth.size(1), depth.size(2)).to(DType.FLOAT32);
            return scope.keep(PictureOperators.bicubic(plane, height, width).reshape(height, width));
        }
    }
}
