package dev.darkroom.flux;

import dev.darkroom.diffusion.StepCache;
import dev.darkroom.nn.EmbeddingMlp;
import dev.darkroom.nn.Linear;
import dev.darkroom.nn.TimestepEmbedding;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * FLUX.1's denoising network.
 *
 * <p>Source: huggingface/diffusers, {@code models/transformers/transformer_flux.py}, FluxTransformer2DModel. Differences: the timestep
 * stays in float32 until it is embedded, where the reference rounds it to the latents' type first.
 */
public final class FluxTransformer {
    private static final double NORM_EPS = 1e-6;

    private static final Pattern FP8 =
            Pattern.compile("transformer_blocks\\.\\d+\\.(attn\\.|ff\\.|ff_context\\.).*"
                    + "|single_transformer_blocks\\.\\d+\\.(attn\\..*|proj_mlp|proj_out)");

    private final FluxConfig config;
    private final Placement placement;
    private final Linear xEmbedder;
    private final Linear contextEmbedder;
    private final TimestepEmbedding timestepEmbedder;
    private final @Nullable TimestepEmbedding guidanceEmbedder;
    private final EmbeddingMlp textEmbedder;
    private final List<DoubleStreamBlock> transformerBlocks;
    private final List<SingleStreamBlock> singleTransformerBlocks;
    private final Linear normOut;
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
        transformerBlocks = IntStream.range(0, c.doubleBlocks())
                .mapToObj(i -> DoubleStreamBlock.load(w.at("transformer_blocks").at(i), c))
                .toList();
        singleTransformerBlocks = IntStream.range(0, c.singleBlocks())
                .mapToObj(i ->
                        SingleStreamBlock.load(w.at("single_transformer_blocks").at(i), c))
                .toList();
        normOut = Linear.load(w.at("norm_out").at("linear"), d, 2 * d);
        projOut = Linear.load(w.at("proj_out"), d, c.outChannels());
    }

    /** Tells if a linear layer may be multiplied in fp8: those of the blocks, but not embedders, modulations and the output. */
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
     * Predicts the velocity at one noise level.
     *
     * @param tokens {@code [B, S, in channels]}
     * @param promptEmbeds {@code [B, T, prompt width]}
     * @param pooledPromptEmbeds {@code [B, pooled width]}
     * @param sigma noise level of each picture, float32 {@code [B]}
     * @param guidance guidance scale of each picture, float32 {@code [B]}; null for a model without guidance embedding
     * @param rope rotations of text, then image positions: complex {@code [T + S, Dh/2]}
     * @param steps what this pass reuses of earlier steps
     * @return {@code [B, S, out channels]}, or of the generated tokens alone where the step is reused
     */
    public Tensor forward(
            Tensor tokens,
            Tensor promptEmbeds,
            Tensor pooledPromptEmbeds,
            Tensor sigma,
            @Nullable Tensor guidance,
            Tensor rope,
            StepCache.Pass steps) {
        try (var scope = Scope.open("flux transformer")) {
            Tensor temb = conditioning(sigma, guidance, pooledPromptEmbeds);
            FluxStreams streams = new FluxStreams(xEmbedder.apply(tokens), contextEmbedder.apply(promptEmbeds));
            Probe.see("temb", temb);
            Probe.see("x_embedder", streams.image());
            Probe.see("context_embedder", streams.text());

            for (int i = 0; i < transformerBlocks.size(); i++) {
                FluxStreams next = transformerBlocks.get(i).forward(streams, temb, rope);
                Optional<Tensor> known =
                        i == 0 ? steps.reuse(streams.image(), next.image()) : Optional.empty();
                if (known.isPresent()) {
                    return scope.keep(projected(known.get(), temb));
                }
                streams = next.replacing(streams, scope);
                Probe.see("double", i, "0", streams.text());
                Probe.see("double", i, "1", streams.image());
            }

            long t = promptEmbeds.size(1);
            long s = tokens.size(1);
            Tensor x = Tensor.cat(1, streams.text(), streams.image());
            for (int i = 0; i < singleTransformerBlocks.size(); i++) {
                x = scope.replace(x, singleTransformerBlocks.get(i).forward(x, temb, rope));
                Probe.see("single", i, "", x);
            }

            Tensor image = x.narrow(1, t, s);
            steps.computed(image);
            return scope.keep(projected(image, temb));
        }
    }

    /** Projects image tokens behind the last block {@code [B, S, D]} to velocities {@code [B, S, out channels]}. */
    private Tensor projected(Tensor image, Tensor temb) {
        List<Tensor> scaleAndShift = normOut.modulation(temb, 2);
        Tensor normed = Operators.modulatedNorm(image, scaleAndShift.get(1), scaleAndShift.get(0), NORM_EPS);
        Probe.see("norm_out", normed);
        return projOut.apply(normed);
    }

    /** Computes the conditioning vector temb {@code [B, D]}, which all modulations are computed from. */
    private Tensor conditioning(Tensor sigma, @Nullable Tensor guidance, Tensor pooledPromptEmbeds) {
        if ((guidance == null) != (guidanceEmbedder == null)) {
            throw new IllegalArgumentException("guidance must be given exactly if the model embeds it");
        }
        Tensor time = timestepEmbedder.apply(sigma);
        return (guidanceEmbedder == null || guidance == null ? time : time.plus(guidanceEmbedder.apply(guidance)))
                .plus(textEmbedder.apply(pooledPromptEmbeds));
    }
}
