package dev.darkroom.diffusion;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.tensor.TensorCache;
import dev.darkroom.vae.Autoencoder;
import dev.darkroom.vae.ImageProcessor;
import dev.darkroom.vae.LatentPacking;
import dev.darkroom.vae.Posterior;
import dev.darkroom.weights.Placement;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Conversion of pictures to the tokens that a transformer denoises, and back: latents of an autoencoder, of which 2×2 places are one token.
 *
 * @param target where the transformer computes
 * @param kept cached encodings of earlier pictures
 * @param order of the numbers of a token
 */
public record PackedLatents(
        Autoencoder vae, Placement target, TensorCache<PictureKey> kept, LatentPacking.Slowest order) {
    private static final String ENCODING = "the autoencoder (vae), encoding a picture,";
    private static final int PIXELS = 8; // of a side of the square that one place of the latents stands for
    private static final String DECODING = "the autoencoder (vae), decoding the picture,";

    /** Makes a conversion to tokens in which the channel varies slowest. */
    public PackedLatents(Autoencoder vae, Placement target, TensorCache<PictureKey> kept) {
        this(vae, target, kept, LatentPacking.Slowest.CHANNEL);
    }

    /** Shape of the latents of one picture, {@code [1, C, h, w]}. */
    public long[] shape(TokenGrid grid) {
        return new long[] {1, vae.latentChannels(), grid.latentHeight(), grid.latentWidth()};
    }

    /** Packs noise {@code [B, C, h, w]} from host memory into tokens {@code [B, S, 4C]}, float32 on the transformer's device. */
    public Tensor fromNoise(Tensor noise) {
        try (var scope = Scope.open("noise to tokens")) {
            return scope.keep(LatentPacking.pack(noise.to(DType.FLOAT32).to(target.device()), order));
        }
    }

    /** Shape of one picture's tokens where noise is drawn for them, channels first: {@code [1, 4C, h/2, w/2]}. */
    public long[] shapeOfTokens(TokenGrid grid) {
        return new long[] {1, 4L * vae.latentChannels(), grid.rows(), grid.columns()};
    }

    /** Brings noise of tokens {@code [B, 4C, h/2, w/2]} from host memory into their order {@code [B, S, 4C]}, float32 on the transformer's device. */
    public Tensor fromNoiseOfTokens(Tensor noise) {
        try (var scope = Scope.open("noise to tokens")) {
            Tensor placed = noise.to(DType.FLOAT32).to(target.device());
            return scope.keep(placed.reshape(placed.size(0), placed.size(1), placed.size(2) * placed.size(3))
                    .permute(0, 2, 1)
                    .contiguous());
        }
    }

    /**
     * Encodes a picture to its most likely latents, as tokens {@code [1, S, 4C]}, float32 on the transformer's device.
     *
     * @param pixels makes the picture as {@code [1, 3, H, W]} in −1…1; called only if its encoding is not cached
     */
    public Tensor mode(PictureKey key, Supplier<Tensor> pixels) {
        try (var scope = Scope.open("image latents")) {
            return scope.keep(tokens(posterior(key, pixels).mean()));
        }
    }

    /**
     * Encodes a picture to latents drawn from their distribution with {@code noise} {@code [B, C, h, w]}, as tokens like those of
     * {@link #mode}, {@code [B, S, 4C]}.
     */
    public Tensor sample(PictureKey key, Supplier<Tensor> pixels, Tensor noise) {
        try (var scope = Scope.open("image latents")) {
            return scope.keep(tokens(posterior(key, pixels).sample(toVae(noise))));
        }
    }

    /**
     * Makes of a mask what it says of tokens: float32 {@code [1, S, 4C]} on the transformer's device, 1 where to paint, else 0. A place of the
     * latents is as the first of its 8×8 pixels.
     */
    public Tensor mask(Picture mask, Size size) {
        try (var scope = Scope.open("mask to tokens")) {
            long h = size.height() / PIXELS;
            long w = size.width() / PIXELS;
            Tensor places = ImageProcessor.preprocessMask(mask, size, Device.CPU)
                    .reshape(1, h, PIXELS, w, PIXELS)
                    .narrow(2, 0, 1)
                    .narrow(4, 0, 1)
                    .reshape(1, 1, h, w);
            Probe.see("mid.mask_latent", places);
            Tensor channels = Tensor.cat(
                    1, Collections.nCopies(vae.latentChannels(), places).toArray(Tensor[]::new));
            return scope.keep(LatentPacking.pack(channels, order).to(target.device()));
        }
    }

    private Posterior posterior(PictureKey key, Supplier<Tensor> pixels) {
        List<Tensor> posterior = kept.get(key, () -> {
            try (var scope = Scope.open("encode image")) {
                Posterior made = vae.encode(toVae(pixels.get()));
                NotFiniteException.check(made.mean(), ENCODING, vae.placement());
                NotFiniteException.check(made.logvar(), ENCODING, vae.placement());
                return List.of(scope.keep(made.mean()), scope.keep(made.logvar()));
            }
        });
        return new Posterior(toVae(posterior.get(0)), toVae(posterior.get(1)));
    }

    private Tensor tokens(Tensor latents) {
        Tensor scaled = NotFiniteException.check(vae.scale(latents.to(DType.FLOAT32)), ENCODING, vae.placement());
        return LatentPacking.pack(scaled.to(target.device()), order);
    }

    /** Brings tokens {@code [B, S, 4C]}, on whatever device, to the latents that the autoencoder decodes, float32 {@code [B, C, h, w]} there. */
    public Tensor unscaled(Tensor tokens, TokenGrid grid) {
        try (var scope = Scope.open("unscaled latents")) {
            return scope.keep(vae.unscale(LatentPacking.unpack(tokens, grid.latentHeight(), grid.latentWidth(), order)
                    .to(vae.placement().device())));
        }
    }

    /** Decodes denoised tokens {@code [B, S, 4C]} to pictures, one after another: what is in memory is that of one. */
    public List<Picture> decode(Tensor latents, TokenGrid grid) {
        return IntStream.range(0, Math.toIntExact(latents.size(0)))
                .mapToObj(i -> decodeOne(latents.narrow(0, i, 1), grid))
                .toList();
    }

    private Picture decodeOne(Tensor latents, TokenGrid grid) {
        try (var scope = Scope.open("decode")) {
            Tensor decoded = vae.decode(toVae(unscaled(latents, grid))).to(DType.FLOAT32);
            NotFiniteException.check(decoded, DECODING, vae.placement());
            Tensor image = ImageProcessor.denormalize(decoded);
            Probe.see("out.image", image);
            return ImageProcessor.postprocess(image);
        }
    }

    private Tensor toVae(Tensor x) {
        return x.to(vae.placement().device()).to(vae.placement().dtype());
    }
}
