package dev.darkroom.depth;

import dev.darkroom.nn.Conv2d;
import dev.darkroom.tensor.PictureOperators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import org.jspecify.annotations.Nullable;

/**
 * Makes a feature map of a stage's tokens: other channels, and a size of its own.
 *
 * <p>Source: huggingface/transformers, {@code models/depth_anything/modeling_depth_anything.py}, DepthAnythingReassembleLayer.
 *
 * @param resize null where the size stays
 * @param factor by which the map is larger than the grid of patches
 */
record ReassembleLayer(Conv2d projection, @Nullable Conv2d resize, double factor) {
    private static final int KERNEL = 3;

    static ReassembleLayer load(Weights w, int in, int width, double factor) {
        Conv2d projection = Conv2d.load(w.at("projection"), in, width, 1);
        if (factor == 1) {
            return new ReassembleLayer(projection, null, factor);
        }
        int kernel = factor > 1 ? (int) factor : KERNEL;
        int stride = (int) (factor > 1 ? factor : 1 / factor);
        return new ReassembleLayer(projection, Conv2d.load(w.at("resize"), width, width, kernel, stride), factor);
    }

    /** Computes {@code [B, in, rows, columns] → [B, width, h, w]}. */
    Tensor forward(Tensor patches) {
        try (var scope = Scope.open("reassemble layer")) {
            Tensor x = projection.apply(patches);
            return scope.keep(resize == null ? x : resized(x, resize));
        }
    }

    private Tensor resized(Tensor x, Conv2d by) {
        return factor > 1
                ? PictureOperators.convTranspose2d(x, by.weight(), by.bias(), by.stride())
                : PictureOperators.conv2d(x, by.weight(), by.bias(), by.stride(), by.kernel() / 2);
    }
}
