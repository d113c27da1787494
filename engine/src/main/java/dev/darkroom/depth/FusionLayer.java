package dev.darkroom.depth;

import dev.darkroom.nn.Conv2d;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.PictureOperators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import org.jspecify.annotations.Nullable;

/**
 * Adds a feature map to those that were coarser, and brings the sum to the size of the next finer one.
 *
 * <p>Source: huggingface/transformers, {@code models/depth_anything/modeling_depth_anything.py}, DepthAnythingFeatureFusionLayer.
 *
 * @param residual1 for the map that is added; null in the first layer, which has nothing to add it to
 */
record FusionLayer(@Nullable ResidualUnit residual1, ResidualUnit residual2, Conv2d projection) {
    static FusionLayer load(Weights w, int width, boolean first) {
        if (first) {
            w.ignore("residual_layer1"); // it is stored, and never computed
        }
        return new FusionLayer(
                first ? null : ResidualUnit.load(w.at("residual_layer1"), width),
                ResidualUnit.load(w.at("residual_layer2"), width),
                Conv2d.load(w.at("projection"), width, width, 1));
    }

    /**
     * Computes {@code [B, C, h, w] → [B, C, height, width]}.
     *
     * @param coarser what the layer before gave, at the size of {@code map}; null in the first layer
     */
    Tensor forward(@Nullable Tensor coarser, Tensor map, long height, long width) {
        try (var scope = Scope.open("fusion layer")) {
            Tensor sum = coarser == null || residual1 == null ? map : coarser.plus(residual1.forward(map));
            return scope.keep(projection.apply(PictureOperators.bilinear(residual2.forward(sum), height, width)));
        }
    }

    /** Two convolutions of what is above 0, and the input added. */
    record ResidualUnit(Conv2d convolution1, Conv2d convolution2) {
        private static ResidualUnit load(Weights w, int width) {
            return new ResidualUnit(
                    Conv2d.load(w.at("convolution1"), width, width, 3),
                    Conv2d.load(w.at("convolution2"), width, width, 3));
        }

        private Tensor forward(Tensor x) {
            try (var scope = Scope.open("residual unit")) {
                Tensor hidden = convolution1.apply(Operators.relu(x));
                return scope.keep(x.plus(convolution2.apply(Operators.relu(hidden))));
            }
        }
    }
}
