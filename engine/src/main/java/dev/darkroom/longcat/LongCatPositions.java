package dev.darkroom.longcat;

import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.mmdit.MmditConfig;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.List;

/**
 * Positions of tokens on three axes: text is 0 and advances on the other two; a picture has its number, the generated one 1, and rows and
 * columns that all pictures count from where the text ends.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/longcat_image/pipeline_longcat_image.py}, {@code prepare_pos_ids}.
 *
 * @param grids the generated picture first, then its reference
 */
public record LongCatPositions(int textTokens, List<TokenGrid> grids) {
    private static final int AXES = 3;

    public LongCatPositions {
        grids = List.copyOf(grids);
    }

    /** Positions of text, then image tokens: {@code [T + S, 3]}, in host memory. */
    public Tensor ids() {
        int length = textTokens + grids.stream().mapToInt(TokenGrid::tokens).sum();
        float[] ids = new float[AXES * length];
        int at = 0;
        for (int i = 0; i < textTokens; i++) {
            at = put(ids, at, 0, i, i);
        }
        for (int picture = 0; picture < grids.size(); picture++) {
            TokenGrid grid = grids.get(picture);
            for (int token = 0; token < grid.tokens(); token++) {
                int row = token / grid.columns();
                int column = token % grid.columns();
                at = put(ids, at, picture + 1, textTokens + row, textTokens + column);
            }
        }
        return Tensor.of(ids, length, AXES);
    }

    private static int put(float[] ids, int at, int number, int row, int column) {
        ids[at] = number;
        ids[at + 1] = row;
        ids[at + 2] = column;
        return at + AXES;
    }

    /** Rotations of text, then image tokens: complex {@code [T + S, Dh/2]}. */
    public Tensor rope(MmditConfig config, Device device) {
        try (var scope = Scope.open("rope")) {
            return scope.keep(config.rope(ids()).to(device));
        }
    }
}
