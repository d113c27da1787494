package dev.darkroom.flux2;

import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.nn.RopeAxes;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.List;

/**
 * Positions of tokens on four axes: time, row, column, place in the text. Text tokens stand at 0, 0, 0 and count on the last axis; the
 * generated picture has time 0, its references 10, 20 and so on.
 *
 * <p>Source: huggingface/diffusers, {@code pipelines/flux2/pipeline_flux2.py}, {@code _prepare_text_ids}, {@code _prepare_latent_ids} and
 * {@code _prepare_image_ids}, and {@code models/transformers/transformer_flux2.py}, Flux2PosEmbed.
 *
 * @param grids the generated picture first, then its references
 */
public record Flux2Positions(int textTokens, List<TokenGrid> grids) {
    private static final int AXES = 4;
    private static final int TIME_OF_REFERENCE = 10;

    public Flux2Positions {
        grids = List.copyOf(grids);
    }

    /** Positions of text, then image tokens: {@code [T + S, 4]}, in host memory. */
    public Tensor ids() {
        int length = textTokens + grids.stream().mapToInt(TokenGrid::tokens).sum();
        float[] ids = new float[AXES * length];
        for (int i = 0; i < textTokens; i++) {
            ids[AXES * i + 3] = i;
        }
        int at = AXES * textTokens;
        for (int picture = 0; picture < grids.size(); picture++) {
            TokenGrid grid = grids.get(picture);
            for (int token = 0; token < grid.tokens(); token++) {
                ids[at] = TIME_OF_REFERENCE * picture;
                ids[at + 1] = token / grid.columns();
                ids[at + 2] = token % grid.columns();
                at += AXES;
            }
        }
        return Tensor.of(ids, length, AXES);
    }

    /** Rotations of these positions: complex {@code [T + S, Dh/2]}. */
    Tensor rope(Flux2Config config, Device device) {
        try (var scope = Scope.open("rope")) {
            return scope.keep(rope(ids(), config).to(device));
        }
    }

    /** Computes the rotations of positions {@code [S, 4]}: complex {@code [S, Dh/2]}. */
    public static Tensor rope(Tensor ids, Flux2Config config) {
        return new RopeAxes(config.axesWidths(), config.theta()).table(ids, DType.FLOAT64);
    }
}
