package dev.darkroom.qwenimage;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.nn.RopeAxes;
import java.util.List;

/**
 * Fields of Qwen-Image's {@code transformer/config.json}. Missing fields have the reference's defaults.
 *
 * @param inChannels width of an input token: a 2×2 patch of latents
 * @param axesWidths features that each position axis rotates; their sum is the head width
 * @param zeroCondT true if the tokens of reference pictures are modulated as noiseless ones (Qwen-Image-Edit-2511)
 */
public record QwenImageConfig(
        int inChannels,
        int outChannels,
        int blocks,
        int heads,
        int headWidth,
        int promptWidth,
        boolean zeroCondT,
        List<Integer> axesWidths) {
    private static final int PATCH = 2;

    /** The meaning of the file's keys. */
    public static final ConfigKeys KEYS = ConfigKeys.of("transformer/config.json (Qwen-Image)")
            .uses(
                    "in_channels",
                    "out_channels",
                    "num_layers",
                    "num_attention_heads",
                    "attention_head_dim",
                    "joint_attention_dim",
                    "zero_cond_t",
                    "axes_dims_rope")
            .must("_class_name", "QwenImageTransformer2DModel")
            .must("patch_size", PATCH)
            .must("guidance_embeds", false)
            .must("use_additional_t_cond", false)
            .must("use_layer3d_rope", false)
            .ignores("left over: there is no pooled prompt", "pooled_projection_dim");

    /**
     * Reads the fields and checks them against each other.
     *
     * @throws dev.darkroom.checkpoint.CheckpointException that names the field at fault
     */
    public static QwenImageConfig read(ConfigFile all) {
        ConfigFile file = all.within(KEYS);
        var config = new QwenImageConfig(
                file.count("in_channels", 64),
                PATCH * PATCH * file.count("out_channels", 16),
                file.count("num_layers", 60),
                file.count("num_attention_heads", 24),
                file.count("attention_head_dim", 128),
                file.count("joint_attention_dim", 3584),
                file.flag("zero_cond_t", false),
                file.counts("axes_dims_rope", List.of(16, 56, 56)));
        RopeAxes.check(
                file,
                "axes_dims_rope",
                config.axesWidths,
                3,
                config.headWidth,
                "attention_head_dim " + config.headWidth);
        file.product("num_attention_heads", config.heads, config.headWidth);
        if (config.inChannels != config.outChannels) {
            throw file.error("in_channels", "must be " + PATCH * PATCH + " × out_channels: " + config.outChannels);
        }
        return config;
    }

    /** Width of the streams, {@code D}. */
    public int width() {
        return heads * headWidth;
    }
}
