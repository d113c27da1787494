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
import org.jspecify.annotations.Nullable;

/**
 * The autoencoder of FLUX.1, which turns pictures in −1…1 into latents an eighth as wide and high, and back.
 *
 * <p>Source: huggingface/diffusers, {@code models/autoencoders/autoencoder_kl.py}, AutoencoderKL. Large pictures go through it in exact
 * {@link Bands} instead of the reference's blended tiles.
 */
public final class AutoencoderKL implements Autoencoder {
    /**
     * Fields of {@code vae/config.json}.
     *
     * @param blockOutChannels widths of the encoder's blocks, from the picture inwards
     * @param scalingFactor with {@code shiftFactor}: latents of the pipelines are {@code (z − shift) · scaling}
     */
    public record Config(
            List<Integer> blockOutChannels,
            int layersPerBlock,
            int latentChannels,
            int normGroups,
            double scalingFactor,
            double shiftFactor,
            boolean quantConv,
            boolean postQuantConv) {
        /** The meaning of the file's keys. */
        public static final ConfigKeys KEYS = ConfigKeys.of("vae/config.json (FLUX)")
                .uses(
                        "block_out_channels",
                        "layers_per_block",
                        "latent_channels",
                        "norm_num_groups",
                        "scaling_factor",
                        "shift_factor",
                        "use_quant_conv",
                        "use_post_quant_conv")
                .must("_class_name", "AutoencoderKL")
                .must("act_fn", "silu")
                .must("mid_block_add_attention", true)
                .must("in_channels", 3)
                .must("out_channels", 3)
                .must("down_block_types", "DownEncoderBlock2D")
                .must("up_block_types", "UpDecoderBlock2D")
                .ignores(
                        "the reference's pipelines read scaling_factor and shift_factor", "latents_mean", "latents_std")
                .ignores("DARKROOM_DTYPE and the device decide", "force_upcast")
                .ignores("for tiles, in whose place exact bands are used", "sample_size");

        /**
         * Reads the fields and checks them against each other.
         *
         * @throws dev.darkroom.checkpoint.CheckpointException that names the field at fault
         */
        public static Config read(ConfigFile all) {
            ConfigFile file = all.within(KEYS);
            return read(
                    file, file.number("scaling_factor", 0.18215, 1e-6, 1e6), file.number("shift_factor", 0, -1e6, 1e6));
        }

        /** Reads the fields of a file whose keys are known, but for how latents are scaled. */
        static Config read(ConfigFile file, double scalingFactor, double shiftFactor) {
            var config = new Config(
                    file.counts("block_out_channels"),
                    file.count("layers_per_block", 1),
                    file.count("latent_channels"),
                    file.count("norm_num_groups", 32),
                    scalingFactor,
                    shiftFactor,
                    file.flag("use_quant_conv", true),
                    file.flag("use_post_quant_conv", true));
            config.check(file, "block_out_channels");
            return config;
        }

        /** Checks the widths of the blocks, which a field states. */
        private void check(ConfigFile file, String field) {
            if (blockOutChannels.size() != 4) {
                throw file.error(field, "must have 4 entries, for a factor of 8 in size");
            }
            for (int width : blockOutChannels) {
                if (width % normGroups != 0) {
                    throw file.error("norm_num_groups", "must divide " + width);
                }
            }
        }

        /** Returns this config with the widths of the blocks that another field states. */
        Config withWidths(ConfigFile file, String field) {
            var other = new Config(
                    file.counts(field),
                    layersPerBlock,
                    latentChannels,
                    normGroups,
                    scalingFactor,
                    shiftFactor,
                    quantConv,
                    postQuantConv);
            other.check(file, field);
            return other;
        }

        /** Bytes that encoding a picture of so many pixels takes at its peak: the widest tensors have the picture's size. */
        public VaeBytes encoding(long pixels, DType type) {
            int width = blockOutChannels.getFirst();
            return VaeBytes.of(pixels, type, 5L * width + PICTURE, 4L * width + PICTURE);
        }

        /** Bytes that decoding a picture of so many pixels takes at its peak. */
        public VaeBytes decoding(long pixels, DType type) {
            int width = blockOutChannels.getFirst();
            int above = blockOutChannels.get(1);
            return VaeBytes.of(pixels, type, above + 4L * width + 3, above + 3L * width + 3);
        }
    }

    /** Elements of a pixel that a picture has beside a network's own tensors: in float32, and in the network's type. */
    private static final long PICTURE = 11;

    private final Config config;
    private final Placement placement;
    private final Encoder encoder;
    private final Decoder decoder;
    private final @Nullable Conv2d quantConv;
    private final @Nullable Conv2d postQuantConv;

    /** Reads the weights below {@code w}, in the shapes that the config states. */
    public AutoencoderKL(Config config, Weights w) {
        this(config, config, w);
    }

    /** Reads the weights of an autoencoder whose decoder has a config of its own. */
    AutoencoderKL(Config config, Config ofDecoder, Weights w) {
        this.config = config;
        this.placement = w.placement();
        int z = config.latentChannels;
        encoder = new Encoder(config, w.at("encoder"));
        decoder = new Decoder(ofDecoder, w.at("decoder"));
        quantConv = config.quantConv ? Conv2d.load(w.at("quant_conv"), 2 * z, 2 * z, 1) : null;
        postQuantConv = config.postQuantConv ? Conv2d.load(w.at("post_quant_conv"), z, z, 1) : null;
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
            Tensor moments = encoder.forward(image);
            return Posterior.of(quantConv == null ? moments : quantConv.apply(moments))
                    .keptBy(scope);
        }
    }

    /** Decodes unscaled latents {@code [B, latent channels, h, w]} to a picture {@code [B, 3, 8h, 8w]} in about −1…1, not clamped. */
    @Override
    public Tensor decode(Tensor latents) {
        try (var scope = Scope.open("vae decode")) {
            return scope.keep(decoder.forward(postQuantConv == null ? latents : postQuantConv.apply(latents)));
        }
    }

    /** Scales the autoencoder's latents to those that the pipelines denoise. */
    @Override
    public Tensor scale(Tensor latents) {
        return latents.affine(config.scalingFactor, -config.shiftFactor * config.scalingFactor);
    }

    /** Undoes {@link #scale}: from a pipeline's latents to those that {@link #decode} takes. */
    @Override
    public Tensor unscale(Tensor latents) {
        return latents.affine(1 / config.scalingFactor, config.shiftFactor);
    }
}
