package dev.darkroom.vae;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.nn.Conv2d;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.util.List;

/**
 * The autoencoder of Qwen-Image, which turns pictures in −1…1 into latents an eighth as wide and high, and back.
 *
 * <p>This autoencoder was made for videos: its convolutions run over time as well, and see no later frame than their own. On a single frame
 * all the earlier ones are zero padding, so that only the last slice of a kernel meets a picture; the layers that change the number of
 * frames leave the first one alone. Each 3-D convolution is therefore a 2-D one with that slice, with the same numbers and a third of the
 * multiplications.
 *
 * <p>Source: huggingface/diffusers, {@code models/autoencoders/autoencoder_kl_qwenimage.py}, AutoencoderKLQwenImage. Large pictures go
 * through it in exact {@link Bands} instead of the reference's blended tiles.
 */
public final class AutoencoderKLQwenImage implements Autoencoder {
    /**
     * Fields of {@code vae/config.json}.
     *
     * @param widths of the encoder's stages, from the picture inwards
     * @param residualBlocks of each stage of the encoder; the decoder has one more
     * @param latentsMean with {@code latentsStd}, by channel: latents of the pipelines are {@code (z − mean) / std}
     */
    public record Config(
            List<Integer> widths,
            int residualBlocks,
            int latentChannels,
            List<Double> latentsMean,
            List<Double> latentsStd) {
        /** The meaning of the file's keys. */
        public static final ConfigKeys KEYS = ConfigKeys.of("vae/config.json (Qwen-Image)")
                .uses("base_dim", "dim_mult", "z_dim", "num_res_blocks", "latents_mean", "latents_std", "attn_scales")
                .must("_class_name", "AutoencoderKLQwenImage")
                .must("input_channels", 3)
                .must("is_residual", false)
                .ignores("layers over time leave a single picture alone", "temperal_downsample")
                .ignores("for training alone", "dropout");

        private static final int STAGES = 4;

        /** Bounds of the numbers that scale latents: beyond them, float32 has no number for some result. */
        private static final double LARGEST = 1e6;

        private static final double SMALLEST = 1e-6;

        /**
         * Reads the fields and checks them against each other.
         *
         * @throws dev.darkroom.checkpoint.CheckpointException that names the field at fault
         */
        public static Config read(ConfigFile config) {
            ConfigFile file = config.within(KEYS);
            if (file.listLength("attn_scales") > 0) {
                throw file.error("attn_scales", "must be empty");
            }
            int base = file.count("base_dim", 96);
            List<Integer> multipliers = file.counts("dim_mult", List.of(1, 2, 4, 4));
            if (multipliers.size() != STAGES) {
                throw file.error("dim_mult", "must have " + STAGES + " entries, for a factor of 8 in size");
            }
            List<Integer> widths = multipliers.stream()
                    .map(multiplier -> file.product("dim_mult", base, multiplier))
                    .toList();
            if (widths.stream().skip(1).anyMatch(width -> width % 2 != 0)) {
                throw file.error("base_dim", "must give even widths, not " + widths);
            }
            int channels = file.count("z_dim", 16);
            List<Double> std = file.numbers("latents_std", channels);
            if (std.stream().anyMatch(value -> value < SMALLEST || value > LARGEST)) {
                throw file.error(
                        "latents_std", "must be above 0, from " + SMALLEST + " to " + LARGEST + ", not " + std);
            }
            List<Double> mean = file.numbers("latents_mean", channels);
            if (mean.stream().anyMatch(value -> Math.abs(value) > LARGEST)) {
                throw file.error("latents_mean", "must be at most " + LARGEST + ", not " + mean);
            }
            return new Config(widths, file.count("num_res_blocks", 2), channels, mean, std);
        }

        /** Bytes that encoding a picture of so many pixels takes at its peak: the widest tensors have the picture's size. */
        public VaeBytes encoding(long pixels, DType type) {
            int width = widths.getFirst();
            return VaeBytes.of(pixels, type, 6L * width + PICTURE, 5L * width + PICTURE);
        }

        /** Bytes that decoding a picture of so many pixels takes at its peak. */
        public VaeBytes decoding(long pixels, DType type) {
            int width = widths.getFirst();
            return VaeBytes.of(pixels, type, 7L * width + 5, 6L * width + 5);
        }
    }

    /** Elements of a pixel that a picture has beside a network's own tensors: in float32, and in the network's type. */
    private static final long PICTURE = 23;

    private final Config config;
    private final Placement placement;
    private final CausalEncoder encoder;
    private final CausalDecoder decoder;
    private final Conv2d quantConv;
    private final Conv2d postQuantConv;
    private final Tensor mean;
    private final Tensor std;

    /** Reads the weights below {@code w}, in the shapes that the config states. */
    public AutoencoderKLQwenImage(Config config, Weights w) {
        this.config = config;
        this.placement = w.placement();
        int z = config.latentChannels;
        encoder = new CausalEncoder(config, w.at("encoder"));
        decoder = new CausalDecoder(config, w.at("decoder"));
        quantConv = LastSlice.conv(w.at("quant_conv"), 2 * z, 2 * z, 1);
        postQuantConv = LastSlice.conv(w.at("post_quant_conv"), z, z, 1);
        mean = w.constant(byChannel(config.latentsMean));
        std = w.constant(byChannel(config.latentsStd));
    }

    private static Tensor byChannel(List<Double> values) {
        float[] numbers = new float[values.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = values.get(i).floatValue();
        }
        return Tensor.of(numbers, 1, numbers.length, 1, 1);
    }

    public Config config() {
        return config;
    }

    @Override
    public int latentChannels() {
        return config.latentChannels();
    }

    /** Device and element type in which this network computes. */
    @Override
    public Placement placement() {
        return placement;
    }

    /** Encodes a picture {@code [B, 3, H, W]} in −1…1, sides multiples of 8, to the distribution of its unscaled latents. */
    @Override
    public Posterior encode(Tensor image) {
        try (var scope = Scope.open("vae encode")) {
            return Posterior.of(quantConv.apply(encoder.forward(image))).keptBy(scope);
        }
    }

    /** Decodes unscaled latents {@code [B, latent channels, h, w]} to a picture {@code [B, 3, 8h, 8w]} in −1…1. */
    @Override
    public Tensor decode(Tensor latents) {
        try (var scope = Scope.open("vae decode")) {
            return scope.keep(decoder.forward(postQuantConv.apply(latents)).clamp(-1, 1));
        }
    }

    /** Scales the autoencoder's latents, in float32, to those that the pipelines denoise. */
    @Override
    public Tensor scale(Tensor latents) {
        return latents.minus(mean).dividedBy(std);
    }

    /** Undoes {@link #scale}: from a pipeline's latents, in float32, to those that {@link #decode} takes. */
    @Override
    public Tensor unscale(Tensor latents) {
        return latents.times(std).plus(mean);
    }
}
