package dev.darkroom.qwenimage;

import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.nn.RopeAxes;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.List;

/**
 * Positions of tokens on three axes: picture number, row, column. Rows and columns are counted from the middle of their picture; text
 * tokens follow on the diagonal, beyond the farthest row and column of all pictures.
 *
 * <p>Source: huggingface/diffusers, {@code models/transformers/transformer_qwenimage.py}, QwenEmbedRope with {@code scale_rope}.
 *
 * @param grids the generated picture first, then its references
 */
public record QwenImagePositions(List<TokenGrid> grids) {
    private static final double THETA = 10_000;
    private static final int AXES = 3;

    public QwenImagePositions {
        grids = List.copyOf(grids);
    }

    /** Number of tokens of all pictures, {@code S}. */
    public int imageTokens() {
        return grids.stream().mapToInt(TokenGrid::tokens).sum();
    }

    /** Number of tokens of the generated picture. */
    public int generatedTokens() {
        return grids.getFirst().tokens();
    }

    /** Rotations of text, then image tokens: complex {@code [T + S, Dh/2]}. The frequencies are float32, as in the reference. */
    public Tensor rope(int textTokens, QwenImageConfig config, Device device) {
        try (var scope = Scope.open("rope")) {
            return scope.keep(new RopeAxes(config.axesWidths(), THETA)
                    .table(ids(textTokens), DType.FLOAT32)
                    .to(device));
        }
    }

    /** Positions of text, then image tokens: {@code [T + S, 3]}, in host memory. */
    private Tensor ids(int textTokens) {
        float[] ids = new float[AXES * (textTokens + imageTokens())];
        int at = 0;
        int beyond = grids.stream()
                .mapToInt(grid -> Math.max(grid.rows() / 2, grid.columns() / 2))
                .max()
                .orElse(0);
        for (int i = 0; i < textTokens; i++) {
            for (int axis = 0; axis < AXES; axis++) {
                ids[at++] = beyond + i;
            }
        }
        for (int number = 0; number < grids.size(); number++) {
            TokenGrid grid = grids.get(number);
            int top = grid.rows() / 2 - grid.rows();
            int left = grid.columns() / 2 - grid.columns();
            for (int row = 0; row < grid.rows(); row++) {
                for (int column = 0; column < grid.columns(); column++) {
                    ids[at++] = number;
                    ids[at++] = top + row;
                    ids[at++] = left + column;
                }
            }
        }
        return Tensor.of(ids, ids.length / AXES, AXES);
    }
}
