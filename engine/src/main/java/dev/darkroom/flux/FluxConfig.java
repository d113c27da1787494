package dev.darkroom.flux;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import java.util.List;

/**
 * Fields of FLUX.1's {@code transformer/config.json}. Missing fields have the reference's defaults; the published FLUX.1-dev states no
 * axes.
 *
 * @param inChannels width of an input token: 64, or 384 with a masked picture and its mask beside the latents (Fill)
 * @param axesWidths features that each position axis rotates; their sum is the head width
 */
public record FluxConfig(
        int inChannels,
        int outChannels,
        int doubleBlocks,
        int singleBlocks,
        int heads,
        int headWidth,
        int promptWidth,
        int pooledWidth,
        boolean guidanceEmbeds,
        List<Integer> axesWidths) {
    /** The meaning of the file's keys. */
    public static final ConfigKeys KEYS = ConfigKeys.of("transformer/config.json (FLUX)")
            .uses(
                    "in_channels",
                    "out_channels",
                    "num_layers",
                    "num_single_layers",
                    "num_attention_heads",
                    "attention_head_dim",
                    "joint_attention_dim",
                    "pooled_projection_dim",
                    "guidance_embeds",
                    "axes_dims_rope")
            .must("_class_name", "FluxTransformer2DModel")
            .must("patch_size", 1);

    private static final int MOST_BLOCKS = 1000;

    /**
     * Reads the fields and checks them against each other.
     *
     * @throws dev.darkroom.checkpoint.CheckpointException that names the field at fault
     */
    public static FluxConfig read(ConfigFile all) {
        ConfigFile file = all.within(KEYS);
        int in = file.count("in_channels", 64);
        var config = new FluxConfig(
                in,
                file.count("out_channels", in),
                file.countFromZero("num_layers", 19, MOST_BLOCKS),
                file.countFromZero("num_single_layers", 38, MOST_BLOCKS),
                file.count("num_attention_heads", 24),
                file.count("attention_head_dim", 128),
                file.count("joint_attention_dim", 4096),
                file.count("pooled_projection_dim", 768),
                file.flag("guidance_embeds", false),
                file.counts("axes_dims_rope", List.of(16, 56, 56)));
        if (config.axesWidths.size() != 3
                || config.axesWidths.stream().anyMatch(width -> width % 2 != 0)
                || config.axesWidths.stream().mapToInt(Integer::intValue).sum() != config.headWidth) {
            throw file.error(
                    "axes_dims_rope",
                    "must be three even numbers that add up to attention_head_dim " + config.headWidth);
        }
        return config;
    }

    /** Width of the streams, {@code D}. */
    public int width() {
        return heads * headWidth;
    }
}
