package dev.darkroom.zimage;

import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.nn.RopeAxes;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;

/**
 * Positions of tokens on three axes. Text tokens are counted on the first axis from 1, those that fill them up too; image tokens follow
 * there all at one place, and have rows and columns on the others. What fills up image tokens stands at 0, 0, 0.
 *
 * <p>Source: huggingface/diffusers, {@code models/transformers/transformer_z_image.py}, {@code patchify_and_embed} and RopeEmbedder.
 *
 * @param grid of the picture
 * @param textTokens of the prompt, without those that fill them up
 */
public record ZImagePositions(TokenGrid grid, int textTokens) {
    private static final int MULTIPLE = 32;
    private static final int AXES = 3;

    /** The number of tokens that so many are filled up to. */
    static int filledUp(long tokens) {
        return Math.ceilDiv(Math.toIntExact(tokens), MULTIPLE) * MULTIPLE;
    }

    /** Image tokens that the network sees, {@code S}. */
    public int image() {
        return filledUp(grid.tokens());
    }

    /** Text tokens that the network sees, {@code N}. */
    public int text() {
        return filledUp(textTokens);
    }

    /** Rotations of image, then text tokens: complex {@code [S + N, Dh/2]}. */
    public Tensor rope(ZImageConfig config, Device device) {
        try (var scope = Scope.open("rope")) {
            return scope.keep(new RopeAxes(config.axesWidths(), config.theta())
                    .table(ids(), DType.FLOAT64)
                    .to(device));
        }
    }

    /** Positions of image, then text tokens: {@code [S + N, 3]}, in host memory. */
    public Tensor ids() {
        float[] ids = new float[AXES * (image() + text())];
        int at = 0;
        for (int row = 0; row < grid.rows(); row++) {
            for (int column = 0; column < grid.columns(); column++) {
                ids[at++] = text() + 1;
                ids[at++] = row;
                ids[at++] = column;
            }
        }
        for (int i = 0; i < text(); i++) {
            ids[AXES * (image() + i)] = i + 1;
        }
        return Tensor.of(ids, ids.length / AXES, AXES);
    }
}
