package dev.darkroom.vae;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;

/**
 * The autoencoder of FLUX.2: that of FLUX.1 with other widths, whose latents are scaled by the statistics of a batch norm, each of the four
 * places of a token by its own.
 *
 * <p>Source: huggingface/diffusers, {@code models/autoencoders/autoencoder_kl_flux2.py}, AutoencoderKLFlux2, and
 * {@code pipelines/flux2/pipeline_flux2.py}, {@code _encode_vae_image}.
 */
public final class AutoencoderKLFlux2 implements Autoencoder {
    private static final int PLACES = 2; // of a side of a token

    /**
     * Fields of {@code vae/config.json}.
     *
     * @param blocks what it shares with FLUX.1's
     * @param decoder the same for the decoder, which may have other widths
     * @param eps added to variances
     */
    public record Config(AutoencoderKL.Config blocks, AutoencoderKL.Config decoder, double eps) {
        /** The meaning of the file's keys. */
        public static final ConfigKeys KEYS = ConfigKeys.of("vae/config.json (FLUX.2)")
                .uses(
                        "block_out_channels",
                        "decoder_block_out_channels",
                        "layers_per_block",
                        "latent_channels",
                        "norm_num_groups",
                        "batch_norm_eps",
                        "use_quant_conv",
                        "use_post_quant_conv")
                .must("_class_name", "AutoencoderKLFlux2")
                .must("act_fn", "silu")
                .must("mid_block_add_attention", true)
                .must("in_channels", 3)
                .must("out_channels", 3)
                .must("patch_size", PLACES)
                .must("down_block_types", "DownEncoderBlock2D")
                .must("up_block_types", "UpDecoderBlock2D")
                .ignores("for training alone", "batch_norm_momentum")
                .ignores("DARKROOM_DTYPE and the device decide", "force_upcast")
                .ignores("for tiles, in whose place exact bands are used", "sample_size");

        private static final String DECODER = "decoder_block_out_channels";

        /**
         * Reads the fields and checks them against each other.
         *
         * @throws dev.darkroom.checkpoint.CheckpointException that names the field at fault
         */
        public static Config read(ConfigFile all) {
            ConfigFile file = all.within(KEYS);
            AutoencoderKL.Config blocks = AutoencoderKL.Config.read(file, 1, 0);
            return new Config(
                    blocks,
                    file.has(DECODER) ? blocks.withWidths(file, DECODER) : blocks,
                    file.number("batch_norm_eps", 1e-4, 0, 1));
        }

        /** Channels of the latents, {@code C}. */
        public int latentChannels() {
            return blocks.latentChannels();
        }

        /** Bytes that encoding a picture of so many pixels takes at its peak. */
        public VaeBytes encoding(long pixels, DType type) {
            return blocks.encoding(pixels, type);
        }

        /** Bytes that decoding a picture of so many pixels takes at its peak. */
        public VaeBytes decoding(long pixels, DType type) {
            return decoder.decoding(pixels, type);
        }
    }

    private final Config config;
    private final AutoencoderKL blocks;
    private final Tensor mean;
    private final Tensor variance;

    /** Reads the weights below {@code w}, in the shapes that the config states. */
    public AutoencoderKLFlux2(Config config, Weights w) {
        this.config = config;
        blocks = new AutoencoderKL(config.blocks, config.decoder, w);
        Weights norm = w.at("bn");
        long channels = (long) PLACES * PLACES * config.latentChannels();
        mean = norm.tensor("running_mean", channels);
        variance = norm.tensor("running_var", channels);
        norm.ignore("num_batches_tracked");
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
        return blocks.placement();
    }

    @Override
    public Posterior encode(Tensor image) {
        return blocks.encode(image);
    }

    @Override
    public Tensor decode(Tensor latents) {
        return blocks.decode(latents);
    }

    /** Scales the autoencoder's latents to those that the pipelines denoise; both sides are even. */
    @Override
    public Tensor scale(Tensor latents) {
        return byPlace(latents)
                .minus(byPlaceOfToken(mean.to(DType.FLOAT32)))
                .dividedBy(byPlaceOfToken(std()))
                .reshape(shape(latents));
    }

    /** Undoes {@link #scale}: from a pipeline's latents to those that {@link #decode} takes. */
    @Override
    public Tensor unscale(Tensor latents) {
        return byPlace(latents)
                .times(byPlaceOfToken(std()))
                .plus(byPlaceOfToken(mean.to(DType.FLOAT32)))
                .reshape(shape(latents));
    }

    private Tensor std() {
        return Operators.std(variance, config.eps);
    }

    private static long[] shape(Tensor latents) {
        return new long[] {latents.size(0), latents.size(1), latents.size(2), latents.size(3)};
    }

    /** The 2×2 places of each token on axes of their own: {@code [B, C, h, w] → [B, C, h/2, 2, w/2, 2]}. */
    private static Tensor byPlace(Tensor latents) {
        return latents.reshape(
                latents.size(0), latents.size(1), latents.size(2) / PLACES, PLACES, latents.size(3) / PLACES, PLACES);
    }

    private Tensor byPlaceOfToken(Tensor statistics) {
        return statistics.reshape(1, config.latentChannels(), 1, PLACES, 1, PLACES);
    }
}
