package dev.darkroom.flux;

import dev.darkroom.mmdit.Mmdit;
import dev.darkroom.nn.Conditioning;
import dev.darkroom.nn.EmbeddingMlp;
import dev.darkroom.nn.TimestepEmbedding;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.LayerNames;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import org.jspecify.annotations.Nullable;

/**
 * FLUX.1's denoising network.
 *
 * <p>Source: huggingface/diffusers, {@code models/transformers/transformer_flux.py}, FluxTransformer2DModel.
 */
public final class FluxTransformer {
    /** What is known of the layers by their names. */
    static final LayerNames LAYERS = new LayerNames(Mmdit::bearsFp8, FluxNames.NAMES);

    private final FluxConfig config;
    private final Placement placement;
    private final TimestepEmbedding timestepEmbedder;
    private final @Nullable TimestepEmbedding guidanceEmbedder;
    private final EmbeddingMlp textEmbedder;
    private final Mmdit blocks;

    /** Reads the weights below {@code w}, in the shapes that the config states. */
    public FluxTransformer(FluxConfig c, Weights w) {
        config = c;
        placement = w.placement();
        int d = c.width();
        Weights timeTextEmbed = w.at("time_text_embed");
        timestepEmbedder = TimestepEmbedding.load(timeTextEmbed.at("timestep_embedder"), d);
        guidanceEmbedder = c.guidanceEmbeds() ? TimestepEmbedding.load(timeTextEmbed.at("guidance_embedder"), d) : null;
        textEmbedder = EmbeddingMlp.load(timeTextEmbed.at("text_embedder"), c.pooledWidth(), d);
        blocks = new Mmdit(c.blocks(), w);
    }

    public FluxConfig config() {
        return config;
    }

    /** Device and element type in which this network computes. */
    public Placement placement() {
        return placement;
    }

    /**
     * Computes what the blocks take from noise levels, guidance and pooled prompts, for several steps at once.
     *
     * @param sigmas noise level of each picture at each step, float32 {@code [steps, B]}; a B of 1 is for all pictures
     * @param guidance guidance scale of each picture, float32 {@code [B]}; null for a model without guidance embedding
     * @param pooledPromptEmbeds {@code [B, pooled width]}
     */
    public Conditioning conditioning(Tensor sigmas, @Nullable Tensor guidance, Tensor pooledPromptEmbeds) {
        if ((guidance == null) != (guidanceEmbedder == null)) {
            throw new IllegalArgumentException("guidance must be given exactly if the model embeds it");
        }
        Tensor time =
                timestepEmbedder.apply(sigmas.reshape(-1)).reshape(sigmas.size(0), sigmas.size(1), config.width());
        Tensor temb = (guidanceEmbedder == null || guidance == null
                        ? time
                        : time.plus(guidanceEmbedder.apply(guidance)))
                .plus(textEmbedder.apply(pooledPromptEmbeds));
        return blocks.conditioning(temb);
    }

    /** The network from tokens to velocity. */
    public Mmdit blocks() {
        return blocks;
    }
}
