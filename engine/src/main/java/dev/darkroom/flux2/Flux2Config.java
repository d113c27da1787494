package dev.darkroom.flux2;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.nn.RopeAxes;
import dev.darkroom.nn.TransformerBytes;
import java.util.List;

/**
 * Fields of FLUX.2's {@code transformer/config.json}. Missing fields have the reference's defaults, which are those of FLUX.2-dev.
 *
 * @param promptWidth width of a token of prompt embeds: that of three states of the text encoder
 * @param axesWidths features that each of the four position axes rotates; their sum is the head width
 * @param theta base of the rotations
 */
public record Flux2Config(
        int inChannels,
        int outChannels,
        int doubleBlocks,
        int singleBlocks,
        int heads,
        int headWidth,
        int promptWidth,
        boolean guidanceEmbeds,
        List<Integer> axesWidths,
        double theta) {
    /** Width of an MLP inside, compared to that of the streams. */
    static final int MLP_RATIO = 3;

    /** The meaning of the file's keys. */
    public static final ConfigKeys KEYS = ConfigKeys.of("transformer/config.json (FLUX.2)")
            .uses(
                    "in_channels",
                    "out_channels",
                    "num_layers",
                    "num_single_layers",
                    "num_attention_heads",
                    "attention_head_dim",
                    "joint_attention_dim",
                    "guidance_embeds",
                    "axes_dims_rope",
                    "rope_theta")
            .must("_class_name", "Flux2Transformer2DModel")
            .must("patch_size", 1)
            .must("mlp_ratio", MLP_RATIO)
            .must("timestep_guidance_channels", 256)
            .must("eps", 1e-6);

    private static final int MOST_BLOCKS = 1000;
    private static final int AXES = 4;

    /** Tensors of a token's width that are alive at once: the first layer of a gated MLP alone gives six. */
    private static final int WIDTHS = 17;

    /** Modulations that all double stream blocks share, then all single stream blocks, then the output's. */
    private static final int SETS = 6 + 6 + 3 + 2;

    /**
     * Reads the fields and checks them against each other.
     *
     * @throws dev.darkroom.checkpoint.CheckpointException that names the field at fault
     */
    public static Flux2Config read(ConfigFile all) {
        ConfigFile file = all.within(KEYS);
        int in = file.count("in_channels", 128);
        var config = new Flux2Config(
                in,
                file.count("out_channels", in),
                file.countFromZero("num_layers", 8, MOST_BLOCKS),
                file.countFromZero("num_single_layers", 48, MOST_BLOCKS),
                file.count("num_attention_heads", 48),
                file.count("attention_head_dim", 128),
                file.count("joint_attention_dim", 15360),
                file.flag("guidance_embeds", true),
                file.counts("axes_dims_rope", List.of(32, 32, 32, 32)),
                file.number("rope_theta", 2000, 1, 1e12));
        RopeAxes.check(
                file,
                "axes_dims_rope",
                config.axesWidths,
                AXES,
                config.headWidth,
                "attention_head_dim " + config.headWidth);
        return config;
    }

    /** Width of the streams, {@code D}. */
    public int width() {
        return heads * headWidth;
    }

    /** Width of an MLP inside. */
    int mlpWidth() {
        return MLP_RATIO * width();
    }

    /** Bytes that a pass takes. */
    TransformerBytes bytes() {
        return new TransformerBytes(width(), headWidth, inChannels, promptWidth, (long) SETS * width(), WIDTHS);
    }
}
