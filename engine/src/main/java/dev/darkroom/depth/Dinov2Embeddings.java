package dev.darkroom.depth;

import dev.darkroom.nn.Conv2d;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.PictureOperators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;

/**
 * A picture's patches as tokens, behind one for the whole picture, with the stored positions resized to the grid of its patches.
 *
 * <p>Source: huggingface/transformers, {@code models/dinov2/modeling_dinov2.py}, Dinov2Embeddings.
 *
 * @param cls {@code [1, 1, D]}, the token for the whole picture
 * @param positions {@code [1, 1 + grid², D]}, the first one for that token
 * @param grid side of the square that the other positions form
 */
record Dinov2Embeddings(Conv2d projection, Tensor cls, Tensor positions, int grid) {
    static Dinov2Embeddings load(Weights w, Dinov2Config c) {
        w.ignore("mask_token");
        long places = (long) c.grid() * c.grid();
        return new Dinov2Embeddings(
                Conv2d.load(
                        w.at("patch_embeddings").at("projection"),
                        Dinov2Config.CHANNELS,
                        c.width(),
                        c.patch(),
                        c.patch()),
                w.tensor("cls_token", 1, 1, c.width()),
                w.tensor("position_embeddings", 1, 1 + places, c.width()),
                c.grid());
    }

    /** Computes {@code [B, 3, h, w] → [B, 1 + patches, D]}. */
    Tensor forward(Tensor pixels) {
        try (var scope = Scope.open("embeddings")) {
            Tensor patches = projection.apply(pixels);
            Tensor tokens =
                    patches.reshape(patches.size(0), patches.size(1), -1).permute(0, 2, 1);
            Tensor whole = Tensor.cat(1, cls.inBatchOf(tokens), tokens);
            return scope.keep(whole.plus(positionsOf(patches.size(2), patches.size(3))));
        }
    }

    private Tensor positionsOf(long rows, long columns) {
        if (rows == grid && columns == grid) {
            return positions;
        }
        long width = positions.size(2);
        Tensor stored = positions
                .narrow(1, 1, (long) grid * grid)
                .to(DType.FLOAT32)
                .reshape(1, grid, grid, width)
                .permute(0, 3, 1, 2);
        Tensor resized = PictureOperators.bicubic(stored, rows, columns)
                .permute(0, 2, 3, 1)
                .reshape(1, rows * columns, width)
                .to(positions.dtype());
        return Tensor.cat(1, positions.narrow(1, 0, 1), resized);
    }
}
