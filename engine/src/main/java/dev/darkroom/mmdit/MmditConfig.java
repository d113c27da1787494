package dev.darkroom.mmdit;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.nn.RopeAxes;
import dev.darkroom.nn.TransformerBytes;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Tensor;
import java.util.List;

/**
 * Fields of {@code transformer/config.json} that all transformers of this kind have. Missing fields have the reference's defaults.
 *
 * @param inChannels width of an input token: 64, or 384 with a masked picture and its mask beside the latents
 * @param promptWidth width of a token of prompt embeds
 * @param axesWidths features that each position axis rotates; their sum is the head width
 */
public record MmditConfig(
        int inChannels,
        int outChannels,
        int doubleBlocks,
        int singleBlocks,
        int heads,
        int headWidth,
        int promptWidth,
        List<Integer> axesWidths) {
    private static final double THETA = 10_000;
    private static final int MOST_BLOCKS = 1000;
    private static final int SETS_OF_DOUBLE_BLOCK = 12;
    private static final int SETS_OF_SINGLE_BLOCK = 3;
    private static final int SETS_OF_OUTPUT = 2;

    /** Adds the meaning of these fields' keys to those of a kind of config. */
    public static ConfigKeys keys(ConfigKeys file) {
        return file.uses(
                        "in_channels",
                        "out_channels",
                        "num_layers",
                        "num_single_layers",
                        "num_attention_heads",
                        "attention_head_dim",
                        "joint_attention_dim",
                        "axes_dims_rope")
                .must("patch_size", 1);
    }

    /**
     * Reads the fields and checks them against each other.
     *
     * @param usualPromptWidth where the file states none
     * @throws dev.darkroom.checkpoint.CheckpointException that names the field at fault
     */
    public static MmditConfig read(ConfigFile file, int usualPromptWidth) {
        int in = file.count("in_channels", 64);
        var config = new MmditConfig(
                in,
                file.count("out_channels", in),
                file.countFromZero("num_layers", 19, MOST_BLOCKS),
                file.countFromZero("num_single_layers", 38, MOST_BLOCKS),
                file.count("num_attention_heads", 24),
                file.count("attention_head_dim", 128),
                file.count("joint_attention_dim", usualPromptWidth),
                file.counts("axes_dims_rope", List.of(16, 56, 56)));
        RopeAxes.check(
                file,
                "axes_dims_rope",
                config.axesWidths,
                3,
                config.headWidth,
                "attention_head_dim " + config.headWidth);
        return config;
    }

    /** Width of the streams, {@code D}. */
    public int width() {
        return heads * headWidth;
    }

    /** Computes the rotations of positions {@code [S, 3]}: complex {@code [S, Dh/2]}. */
    public Tensor rope(Tensor ids) {
        return new RopeAxes(axesWidths, THETA).table(ids, DType.FLOAT64);
    }

    /** Bytes that a pass takes. */
    public TransformerBytes bytes() {
        int sets = SETS_OF_DOUBLE_BLOCK * doubleBlocks + SETS_OF_SINGLE_BLOCK * singleBlocks + SETS_OF_OUTPUT;
        return new TransformerBytes(width(), headWidth, inChannels, promptWidth, (long) sets * width());
    }
}
