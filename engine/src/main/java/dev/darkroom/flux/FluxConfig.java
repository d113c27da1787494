package dev.darkroom.flux;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.mmdit.MmditConfig;

/**
 * Fields of FLUX.1's {@code transformer/config.json}. Missing fields have the reference's defaults; the published FLUX.1-dev states no
 * axes.
 *
 * @param blocks what it shares with others of its kind
 */
public record FluxConfig(MmditConfig blocks, int pooledWidth, boolean guidanceEmbeds) {
    /** The meaning of the file's keys. */
    public static final ConfigKeys KEYS = MmditConfig.keys(ConfigKeys.of("transformer/config.json (FLUX)"))
            .uses("pooled_projection_dim", "guidance_embeds")
            .must("_class_name", "FluxTransformer2DModel");

    private static final int PROMPT_WIDTH = 4096;

    /**
     * Reads the fields and checks them against each other.
     *
     * @throws dev.darkroom.checkpoint.CheckpointException that names the field at fault
     */
    public static FluxConfig read(ConfigFile all) {
        ConfigFile file = all.within(KEYS);
        return new FluxConfig(
                MmditConfig.read(file, PROMPT_WIDTH),
                file.count("pooled_projection_dim", 768),
                file.flag("guidance_embeds", false));
    }

    /** Width of the streams, {@code D}. */
    public int width() {
        return blocks.width();
    }
}
