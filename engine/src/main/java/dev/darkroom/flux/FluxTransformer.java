package dev.darkroom.flux;

import dev.darkroom.diffusion.StepCache;
import dev.darkroom.nn.Conditioning;
import dev.darkroom.nn.EmbeddingMlp;
import dev.darkroom.nn.Linear;
import dev.darkroom.nn.Modulation;
import dev.darkroom.nn.OutputNorm;
import dev.darkroom.nn.Residual;
import dev.darkroom.nn.TimestepEmbedding;
import dev.darkroom.ring.Blocks;
import dev.darkroom.ring.Held;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.LayerNames;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * FLUX.1's denoising network.
 *
 * <p>Source: huggingface/diffusers, {@code models/transformers/transformer_flux.py}, FluxTransformer2DModel. Differences: the timestep
 * stays in float32 until it is embedded, where the reference rounds it to the latents' type first.
 */
public final class FluxTransformer {
    private static final Pattern FP8 = Pattern.compile("transformer_blocks\\.\\d+\\.(attn\\.|ff\\.|ff_context\\.).*"
            + "|single_transformer_blocks\\.\\d+\\.(attn\\..*|proj_mlp|proj_out)");

    /** What is known of the layers by their names. */
    static final LayerNames LAYERS = new LayerNames(FluxTransformer::bearsFp8, new FluxTensorNames());

    private final FluxConfig config;
    private final Placement placement;
    private final Linear xEmbedder;
    private final Linear contextEmbedder;
    private final TimestepEmbedding timestepEmbedder;
    private final @Nullable TimestepEmbedding guidanceEmbedder;
    private final EmbeddingMlp textEmbedder;
    private final Blocks<DoubleStreamBlock> transformerBlocks;
    private final Blocks<SingleStreamBlock> singleTransformerBlocks;
    private final OutputNorm normOut;
    private final Linear projOut;

    /** Reads the weights below {@code w}, in the shapes that the config states. */
    public FluxTransformer(FluxConfig c, Weights w) {
        config = c;
        placement = w.placement();
        int d = c.width();
        Weights timeTextEmbed = w.at("time_text_embed");
        xEmbedder = Linear.load(w.at("x_embedder"), c.inChannels(), d);
        contextEmbedder = Linear.load(w.at("context_embedder"), c.promptWidth(), d);
        timestepEmbedder = TimestepEmbedding.load(timeTextEmbed.at("timestep_embedder"), d);
        guidanceEmbedder = c.guidanceEmbeds() ? TimestepEmbedding.load(timeTextEmbed.at("guidance_embedder"), d) : null;
        textEmbedder = EmbeddingMlp.load(timeTextEmbed.at("text_embedder"), c.pooledWidth(), d);
        transformerBlocks = w.blocks("transformer_blocks", c.doubleBlocks(), block -> DoubleStreamBlock.load(block, c));
        singleTransformerBlocks =
                w.blocks("single_transformer_blocks", c.singleBlocks(), block -> SingleStreamBlock.load(block, c));
        normOut = OutputNorm.load(w.at("norm_out"), d);
        projOut = Linear.load(w.at("proj_out"), d, c.outChannels());
    }

    /** Tells if a linear layer may lie in fp8: those of the blocks, but not embedders, modulations and the output. */
    static boolean bearsFp8(String layer) {
        return FP8.matcher(layer).matches();
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
        return Conditioning.of(
                temb,
                Stream.of(
                                transformerBlocks.stream().flatMap(DoubleStreamBlock::modulations),
                                singleTransformerBlocks.stream()
                                        .map(block -> block.norm().layer()),
                                Stream.of(Held.resident(normOut.layer())))
                        .flatMap(layers -> layers));
    }

    /**
     * Predicts the velocity at one step.
     *
     * @param tokens {@code [B, S, in channels]}
     * @param promptEmbeds {@code [B, T, prompt width]}; a B of 1 is for all pictures
     * @param conditioning of the step
     * @param rope rotations of text, then image positions: complex {@code [T + S, Dh/2]}
     * @param steps what this pass reuses of earlier steps
     * @return {@code [B, S, out channels]}, or of the generated tokens alone where the step is reused
     */
    public Tensor forward(
            Tensor tokens, Tensor promptEmbeds, Conditioning conditioning, Tensor rope, StepCache.Pass steps) {
        try (var scope = Scope.open("flux transformer")) {
            FluxModulations modulations = modulations(conditioning);
            Tensor image = xEmbedder.apply(tokens);
            Tensor text = contextEmbedder.apply(promptEmbeds).inBatchOf(tokens);
            Probe.see("temb", conditioning::temb);
            Probe.see("x_embedder", image);
            Probe.see("context_embedder", text);

            FluxStreams streams = new FluxStreams(
                    modulations.image(0).begin(image), modulations.text(0).begin(text));
            for (int i = 0; i < transformerBlocks.size(); i++) {
                DoubleStreamBlock.Sets sets = modulations.doubles().get(i);
                FluxStreams next = transformerBlocks
                        .at(i)
                        .forward(streams, sets, modulations.image(i + 1), modulations.text(i + 1), rope);
                Optional<Tensor> known =
                        i == 0 ? steps.reuse(streams.image().x(), next.image().x()) : Optional.empty();
                if (known.isPresent()) {
                    Modulation.Norm out = normOut.of(conditioning);
                    return scope.keep(projOut.apply(out.of(known.get())));
                }
                streams = next.replacing(streams, scope);
                Probe.see("double", i, "0", streams.text().x());
                Probe.see("double", i, "1", streams.image().x());
            }

            Residual joint = streams.joined();
            for (int i = 0; i < singleTransformerBlocks.size(); i++) {
                joint = singleTransformerBlocks
                        .at(i)
                        .forward(joint, modulations.singles().get(i), modulations.joint(i + 1), rope)
                        .replacing(joint, scope);
                Probe.see("single", i, "", joint.x());
            }

            steps.computed(joint.x(), promptEmbeds.size(1));
            Tensor normed = joint.norm().plain().narrow(1, promptEmbeds.size(1), tokens.size(1));
            Probe.see("norm_out", normed);
            return scope.keep(projOut.apply(normed));
        }
    }

    private FluxModulations modulations(Conditioning conditioning) {
        return new FluxModulations(
                transformerBlocks.stream()
                        .map(block -> block.sets(conditioning))
                        .toList(),
                singleTransformerBlocks.stream()
                        .map(block -> block.set(conditioning))
                        .toList(),
                normOut.of(conditioning));
    }
}
