package dev.darkroom.flux2;

import dev.darkroom.mmdit.DoubleStreamBlock;
import dev.darkroom.mmdit.Mmdit;
import dev.darkroom.mmdit.SingleStreamBlock;
import dev.darkroom.nn.Conditioning;
import dev.darkroom.nn.EmbeddingMlp;
import dev.darkroom.nn.Linear;
import dev.darkroom.nn.Modulation;
import dev.darkroom.nn.OutputNorm;
import dev.darkroom.nn.QueryKeyValue;
import dev.darkroom.nn.SwiGlu;
import dev.darkroom.nn.TimestepEmbedding;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.LayerNames;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * FLUX.2's denoising network: FLUX.1's blocks without biases, with gated MLPs, and with modulations that all blocks of a kind share.
 *
 * <p>Source: huggingface/diffusers, {@code models/transformers/transformer_flux2.py}, Flux2Transformer2DModel. Differences: the timestep
 * stays in float32 until it is embedded, where the reference rounds it to the latents' type first; the projections of a single stream
 * block, which its file stacks, are layers of their own.
 */
public final class Flux2Transformer {
    /** What is known of the layers by their names. */
    static final LayerNames LAYERS = new LayerNames(Mmdit::bearsFp8, Flux2Names.NAMES);

    private static final List<String> PROJECTIONS = List.of("to_q", "to_k", "to_v");
    private static final List<String> NORMS = List.of("norm_q", "norm_k");

    private final Flux2Config config;
    private final Placement placement;
    private final TimestepEmbedding timestepEmbedder;
    private final @Nullable TimestepEmbedding guidanceEmbedder;
    private final Mmdit blocks;

    /** Reads the weights below {@code w}, in the shapes that the config states. */
    public Flux2Transformer(Flux2Config c, Weights w) {
        config = c;
        placement = w.placement();
        int d = c.width();
        Weights embedders = w.at("time_guidance_embed");
        timestepEmbedder = embedding(embedders.at("timestep_embedder"), d);
        guidanceEmbedder = c.guidanceEmbeds() ? embedding(embedders.at("guidance_embedder"), d) : null;
        Modulation image = Modulation.withoutBias(w.at("double_stream_modulation_img"), d, 2);
        Modulation text = Modulation.withoutBias(w.at("double_stream_modulation_txt"), d, 2);
        Modulation joint = Modulation.withoutBias(w.at("single_stream_modulation"), d, 1);
        blocks = new Mmdit(
                Linear.withoutBias(w.at("x_embedder"), c.inChannels(), d),
                Linear.withoutBias(w.at("context_embedder"), c.promptWidth(), d),
                w.blocks("transformer_blocks", c.doubleBlocks(), block -> twoStreams(block, c, image, text)),
                w.blocks("single_transformer_blocks", c.singleBlocks(), block -> oneStream(block, c, joint)),
                OutputNorm.withoutBias(w.at("norm_out"), d),
                Linear.withoutBias(w.at("proj_out"), d, c.outChannels()));
    }

    private static TimestepEmbedding embedding(Weights w, int width) {
        return TimestepEmbedding.of(w, EmbeddingMlp.withoutBias(w, TimestepEmbedding.CHANNELS, width));
    }

    private static DoubleStreamBlock twoStreams(Weights w, Flux2Config c, Modulation image, Modulation text) {
        Weights attn = w.at("attn");
        int d = c.width();
        return new DoubleStreamBlock(
                image,
                text,
                QueryKeyValue.withoutBias(attn, PROJECTIONS, NORMS, d, c.heads(), c.headWidth()),
                QueryKeyValue.withoutBias(
                        attn,
                        List.of("add_q_proj", "add_k_proj", "add_v_proj"),
                        List.of("norm_added_q", "norm_added_k"),
                        d,
                        c.heads(),
                        c.headWidth()),
                Linear.withoutBias(attn.at("to_out").at(0), d, d),
                Linear.withoutBias(attn.at("to_add_out"), d, d),
                SwiGlu.load(w.at("ff"), d, c.mlpWidth()),
                SwiGlu.load(w.at("ff_context"), d, c.mlpWidth()));
    }

    private static SingleStreamBlock oneStream(Weights w, Flux2Config c, Modulation modulation) {
        Weights attn = w.at("attn");
        int d = c.width();
        return new SingleStreamBlock(
                modulation,
                QueryKeyValue.withoutBias(attn, PROJECTIONS, NORMS, d, c.heads(), c.headWidth()),
                Linear.withoutBias(attn.at("proj_mlp"), d, 2 * c.mlpWidth()),
                Linear.withoutBias(attn.at("to_out"), d + c.mlpWidth(), d),
                true);
    }

    public Flux2Config config() {
        return config;
    }

    /** Device and element type in which this network computes. */
    public Placement placement() {
        return placement;
    }

    /**
     * Computes what the blocks take from noise levels and guidance, for several steps at once.
     *
     * @param sigmas noise level of each picture at each step, float32 {@code [steps, B]}; a B of 1 is for all pictures
     * @param guidance guidance scale of each picture, float32 {@code [B]}; null for a model without guidance embedding
     */
    public Conditioning conditioning(Tensor sigmas, @Nullable Tensor guidance) {
        if ((guidance == null) != (guidanceEmbedder == null)) {
            throw new IllegalArgumentException("guidance must be given exactly if the model embeds it");
        }
        Tensor time =
                timestepEmbedder.apply(sigmas.reshape(-1)).reshape(sigmas.size(0), sigmas.size(1), config.width());
        return blocks.conditioning(
                guidanceEmbedder == null || guidance == null ? time : time.plus(guidanceEmbedder.apply(guidance)));
    }

    /** The network from tokens to velocity. */
    public Mmdit blocks() {
        return blocks;
    }
}
