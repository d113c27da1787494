package dev.darkroom.diffusion.preview;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.PictureOperators;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.vae.Autoencoder;
import java.util.ArrayList;
import java.util.List;

/**
 * The linear map from an autoencoder's latents to colours that comes nearest to what it decodes: of each place and its eight neighbours to
 * 2×2 pixels, so that a preview has a quarter of the picture's width. It is learnt from the autoencoder itself, by least squares, for no two
 * families' latents mean the same.
 *
 * @param weight float32 {@code [12, C, 3, 3]}: of each pixel of 2×2 the colours
 * @param bias float32 {@code [12]}
 */
record Lens(float[] weight, float[] bias, int channels) {
    /** Pixels of a preview for a place of the latents, on each side. */
    private static final int FINER = 2;

    private static final int OUTPUTS = 3 * FINER * FINER;
    private static final int AROUND = 3;

    /** Pixels that a place of the latents stands for, on each side. */
    private static final int PIXELS = 8;

    /** Against latents that say the same twice: part of the rows that are learnt from. */
    private static final double RIDGE = 1e-4;

    /** Learns the map of an autoencoder, which must be in memory. Takes the time of encoding and decoding a picture of 400 × 400 pixels. */
    static Lens of(Autoencoder vae) {
        try (var scope = Scope.open("learn previews")) {
            List<Tensor> seen = new ArrayList<>();
            List<Tensor> wanted = new ArrayList<>();
            Tensor cards = Tensor.of(TestCards.all(), TestCards.COUNT, 3, TestCards.SIDE, TestCards.SIDE);
            for (int i = 0; i < TestCards.COUNT; i++) {
                try (var card = Scope.open("card")) {
                    Tensor pixels = cards.narrow(0, i, 1)
                            .to(vae.placement().device())
                            .to(vae.placement().dtype());
                    Tensor latents = vae.encode(pixels).mean();
                    Tensor decoded = vae.decode(latents);
                    seen.add(scope.take(rows(onHost(latents))));
                    wanted.add(scope.take(colours(onHost(decoded))));
                }
            }
            Tensor solved = PictureOperators.leastSquares(
                    Tensor.cat(0, seen.toArray(Tensor[]::new)), Tensor.cat(0, wanted.toArray(Tensor[]::new)), RIDGE);
            int channels = vae.latentChannels();
            long places = AROUND * AROUND;
            Tensor weight = solved.narrow(0, 0, places * channels)
                    .reshape(places, channels, OUTPUTS)
                    .permute(2, 1, 0)
                    .contiguous();
            return new Lens(
                    weight.toFloats(),
                    solved.narrow(0, places * channels, 1).contiguous().toFloats(),
                    channels);
        }
    }

    private static Tensor onHost(Tensor x) {
        return x.to(DType.FLOAT32).to(Device.CPU);
    }

    /** What is known of each place: {@code [1, C, h, w] → [h·w, 9C + 1]}, its neighbourhood and a one. */
    private static Tensor rows(Tensor latents) {
        long h = latents.size(2);
        long w = latents.size(3);
        Tensor padded = padded(latents);
        List<Tensor> parts = new ArrayList<>();
        for (int y = 0; y < AROUND; y++) {
            for (int x = 0; x < AROUND; x++) {
                parts.add(padded.narrow(2, y, h).narrow(3, x, w).reshape(latents.size(1), h * w));
            }
        }
        parts.add(parts.getFirst().narrow(0, 0, 1).affine(0, 1));
        return Tensor.cat(0, parts.toArray(Tensor[]::new)).permute(1, 0).contiguous();
    }

    /** The mean colours that each place should get: {@code [1, 3, 8h, 8w] → [h·w, 12]}, in 0…1. */
    private static Tensor colours(Tensor picture) {
        long h = picture.size(2) / PIXELS;
        long w = picture.size(3) / PIXELS;
        int averaged = PIXELS / FINER;
        Tensor squares = picture.reshape(3, h * FINER, averaged, w * FINER, averaged);
        Tensor sum = squares.narrow(2, 0, 1).narrow(4, 0, 1);
        for (int i = 1; i < averaged * averaged; i++) {
            sum = sum.plus(squares.narrow(2, i / averaged, 1).narrow(4, i % averaged, 1));
        }
        Tensor mean = sum.affine(0.5 / (averaged * averaged), 0.5).clamp(0, 1);
        return mean.reshape(3, h, FINER, w, FINER).permute(1, 3, 0, 2, 4).reshape(h * w, OUTPUTS);
    }

    /** Repeats the outermost places: {@code [B, C, h, w] → [B, C, h + 2, w + 2]}. */
    private static Tensor padded(Tensor x) {
        Tensor wider = Tensor.cat(3, x.narrow(3, 0, 1), x, x.narrow(3, x.size(3) - 1, 1));
        return Tensor.cat(2, wider.narrow(2, 0, 1), wider, wider.narrow(2, wider.size(2) - 1, 1));
    }

    /**
     * Shows unscaled latents, float32 {@code [B, C, h, w]} on any device: uint8 {@code [B, 2h, 2w, 3]} in host memory, which a card writes to
     * once it has computed it.
     */
    Tensor show(Tensor latents) {
        try (var scope = Scope.open("show latents")) {
            Tensor map = Tensor.of(weight, OUTPUTS, channels, AROUND, AROUND).to(latents.device());
            Tensor colours = PictureOperators.conv2d(
                    padded(latents), map, Tensor.of(bias, OUTPUTS).to(latents.device()), 1, 0);
            long b = latents.size(0);
            long h = latents.size(2);
            long w = latents.size(3);
            Tensor pixels = colours.reshape(b, 3, FINER, FINER, h, w)
                    .permute(0, 4, 2, 5, 3, 1)
                    .reshape(b, FINER * h, FINER * w, 3);
            return scope.keep(PictureOperators.levelsSoon(pixels));
        }
    }
}
