package dev.darkroom.longcat;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.checkpoint.ConfigKeys;
import dev.darkroom.mmdit.Mmdit;
import dev.darkroom.mmdit.MmditConfig;
import dev.darkroom.mmdit.MmditNames;
import dev.darkroom.nn.Conditioning;
import dev.darkroom.nn.TimestepEmbedding;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.LayerNames;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;

/**
 * LongCat-Image's denoising network: FLUX.1's, conditioned on the noise level alone.
 *
 * <p>Source: huggingface/diffusers, {@code models/transformers/transformer_longcat_image.py}, LongCatImageTransformer2DModel.
 */
public final class LongCatTransformer {
    /** The meaning of the keys of {@code transformer/config.json}. */
    public static final ConfigKeys KEYS = MmditConfig.keys(ConfigKeys.of("transformer/config.json (LongCat-Image)"))
            .must("_class_name", "LongCatImageTransformer2DModel")
            .must("guidance_embeds", false)
            .ignores("no vector stands for a whole prompt", "pooled_projection_dim");

    /** Names of the tensors in files of other writers, and of the modules in LoRA files: ComfyUI takes those of FLUX.1's authors. */
    public static final MmditNames NAMES = new MmditNames("time_embed.timestep_embedder.linear_1", false, """
            time_in.in_layer time_embed.timestep_embedder.linear_1
            time_in.out_layer time_embed.timestep_embedder.linear_2
            """);

    /** What is known of the layers by their names. */
    static final LayerNames LAYERS = new LayerNames(Mmdit::bearsFp8, NAMES);

    private static final int PROMPT_WIDTH = 3584;

    private final MmditConfig config;
    private final Placement placement;
    private final TimestepEmbedding timestepEmbedder;
    private final Mmdit blocks;

    /** Reads the weights below {@code w}, in the shapes that the config states. */
    public LongCatTransformer(MmditConfig c, Weights w) {
        config = c;
        placement = w.placement();
        timestepEmbedder = TimestepEmbedding.load(w.at("time_embed").at("timestep_embedder"), c.width());
        blocks = new Mmdit(c, w);
    }

    /** Reads {@code transformer/config.json}. Missing fields have the reference's defaults. */
    public static MmditConfig read(ConfigFile file) {
        return MmditConfig.read(file.within(KEYS), PROMPT_WIDTH);
    }

    public MmditConfig config() {
        return config;
    }

    /** Device and element type in which this network computes. */
    public Placement placement() {
        return placement;
    }

    /**
     * Computes what the blocks take from noise levels, for several steps at once.
     *
     * @param sigmas noise level of each picture at each step, float32 {@code [steps, B]}; a B of 1 is for all pictures
     */
    public Conditioning conditioning(Tensor sigmas) {
        Tensor temb = timestepEmbedder.apply(sigmas.reshape(-1));
        return blocks.conditioning(temb.reshape(sigmas.size(0), sigmas.size(1), config.width()));
    }

    /** The network from tokens to velocity. */
    public Mmdit blocks() {
        return blocks;
    }
}
