package dev.darkroom.depth;

import dev.darkroom.nn.Conv2d;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.PictureOperators;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;

/**
 * Three convolutions that make depth of fused features, the last two of them at the size of the picture.
 *
 * <p>Source: huggingface/transformers, {@code models/depth_anything/modeling_depth_anything.py}, DepthAnythingDepthEstimationHead.
 */
record DepthHead(Conv2d conv1, Conv2d conv2, Conv2d conv3, DepthKind kind, double maxDepth) {
    static DepthHead load(Weights w, DepthConfig c) {
        int half = c.fusionWidth() / 2;
        return new DepthHead(
                Conv2d.load(w.at("conv1"), c.fusionWidth(), half, 3),
                Conv2d.load(w.at("conv2"), half, c.headWidth(), 3),
                Conv2d.load(w.at("conv3"), c.headWidth(), 1, 1),
                c.kind(),
                c.maxDepth());
    }

    /** Computes {@code [B, C, h, w] → [B, 1, height, width]}. */
    Tensor forward(Tensor fused, long height, long width) {
        try (var scope = Scope.open("head")) {
            Tensor x = conv1.apply(fused);
            Probe.see("head.conv1", x);
            x = conv2.apply(PictureOperators.bilinear(x, height, width));
            Probe.see("head.conv2", x);
            Tensor depth = conv3.apply(Operators.relu(x));
            Tensor bounded = switch (kind) {
                case RELATIVE -> Operators.relu(depth);
                case METRIC -> Operators.sigmoid(depth);
            };
            return scope.keep(bounded.affine(maxDepth, 0));
        }
    }
}
