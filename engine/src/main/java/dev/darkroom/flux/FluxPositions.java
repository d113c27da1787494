package dev.darkroom.flux;

import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Positions of tokens on three axes: picture number, row, column. Text tokens stand at 0, 0, 0; the generated picture has number 0, a
 * reference picture number 1.
 *
 * <p>Source: huggingface/diffusers, {@code models/embeddings.py}, FluxPosEmbed, and {@code _prepare_latent_image_ids} of the pipelines.
 */
public final class FluxPositions {
    private static final int AXES = 3;

    private final List<float[]> parts = new ArrayList<>();

    /** Returns these positions behind those of text tokens. */
    FluxPositions after(int textTokens) {
        var all = new FluxPositions();
        all.parts.add(new float[AXES * textTokens]);
        all.parts.addAll(parts);
        return all;
    }

    /** Adds the tokens of a picture, row by row. */
    public FluxPositions image(int number, int rows, int columns) {
        float[] ids = new float[AXES * rows * columns];
        int at = 0;
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < columns; x++) {
                ids[at++] = number;
                ids[at++] = y;
                ids[at++] = x;
            }
        }
        parts.add(ids);
        return this;
    }

    /** Adds the tokens of a picture, row by row. */
    public FluxPositions image(int number, TokenGrid grid) {
        return image(number, grid.rows(), grid.columns());
    }

    /** Positions of all tokens in the order in which they were added: {@code [S, 3]}, in host memory. */
    public Tensor ids() {
        int length = parts.stream().mapToInt(part -> part.length).sum();
        float[] ids = new float[length];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, ids, at, part.length);
            at += part.length;
        }
        return Tensor.of(ids, length / AXES, AXES);
    }

    /** Rotations of these positions: complex {@code [S, Dh/2]}. */
    public Tensor rope(FluxConfig config, Device device) {
        try (var scope = Scope.open("rope")) {
            return scope.keep(rope(ids(), config).to(device));
        }
    }

    /** Computes the rotations of positions {@code [S, 3]}: complex {@code [S, Dh/2]}. */
    public static Tensor rope(Tensor ids, FluxConfig config) {
        return config.blocks().rope(ids);
    }
}
