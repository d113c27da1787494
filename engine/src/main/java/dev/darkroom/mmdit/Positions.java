package dev.darkroom.mmdit;

import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Positions of tokens on three axes: picture number, row, column.
 *
 * <p>Source: huggingface/diffusers, {@code models/embeddings.py}, FluxPosEmbed, {@code _prepare_latent_image_ids} of FLUX.1's pipelines and
 * {@code prepare_pos_ids} of LongCat-Image's.
 */
public final class Positions {
    private static final int AXES = 3;

    private final List<float[]> parts = new ArrayList<>();

    /** Returns these positions behind those of text tokens, which all stand at 0, 0, 0. */
    public Positions after(int textTokens) {
        var all = new Positions();
        all.parts.add(new float[AXES * textTokens]);
        all.parts.addAll(parts);
        return all;
    }

    /** Adds text tokens with picture number 0, of which each stands a row and a column behind the one before. */
    public Positions text(int tokens) {
        return add(
                IntStream.range(0, tokens).mapToObj(i -> new float[] {0, i, i}).toList());
    }

    /** Adds the tokens of a picture, row by row. */
    public Positions image(int number, TokenGrid grid) {
        return image(number, 0, grid);
    }

    /**
     * Adds the tokens of a picture, row by row.
     *
     * @param first row of its first row, and column of its first column
     */
    public Positions image(int number, int first, TokenGrid grid) {
        int columns = grid.columns();
        return add(IntStream.range(0, grid.tokens())
                .mapToObj(i -> new float[] {number, first + i / columns, first + i % columns})
                .toList());
    }

    private Positions add(List<float[]> positions) {
        parts.addAll(positions);
        return this;
    }

    /** Positions of all tokens in the order in which they were added: {@code [S, 3]}, in host memory. */
    public Tensor ids() {
        float[] ids = new float[AXES * tokens()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, ids, at, part.length);
            at += part.length;
        }
        return Tensor.of(ids, tokens(), AXES);
    }

    /** Number of all tokens, {@code S}. */
    public int tokens() {
        return parts.stream().mapToInt(part -> part.length).sum() / AXES;
    }

    /** Rotations of these positions: complex {@code [S, Dh/2]}. */
    public Tensor rope(MmditConfig config, Device device) {
        try (var scope = Scope.open("rope")) {
            return scope.keep(config.rope(ids()).to(device));
        }
    }
}
