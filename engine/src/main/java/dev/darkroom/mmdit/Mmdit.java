package dev.darkroom.mmdit;

import dev.darkroom.diffusion.StepCache;
import dev.darkroom.nn.Conditioning;
import dev.darkroom.nn.Linear;
import dev.darkroom.nn.Modulation;
import dev.darkroom.nn.OutputNorm;
import dev.darkroom.nn.Residual;
import dev.darkroom.ring.Blocks;
import dev.darkroom.ring.Held;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Weights;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The transformer from tokens to velocity, without the embedders of what it is conditioned on.
 *
 * <p>Source: huggingface/diffusers, {@code models/transformers/transformer_flux.py}, FluxTransformer2DModel, and
 * {@code transformer_longcat_image.py}, LongCatImageTransformer2DModel. Differences: the timestep stays in float32 until it is embedded,
 * where the reference rounds it to the latents' type first.
 */
public final class Mmdit {
    private static final Pattern FP8 = Pattern.compile("transformer_blocks\\.\\d+\\.(attn\\.|ff\\.|ff_context\\.).*"
            + "|single_transformer_blocks\\.\\d+\\.(attn\\..*|proj_mlp|proj_out)");

    private final Linear xEmbedder;
    private final Linear contextEmbedder;
    private final Blocks<DoubleStreamBlock> transformerBlocks;
    private final Blocks<SingleStreamBlock> singleTransformerBlocks;
    private final OutputNorm normOut;
    private final Linear projOut;

    /** Reads the weights below {@code w}, in the shapes that the config states. */
    public Mmdit(MmditConfig c, Weights w) {
        this(
                Linear.load(w.at("x_embedder"), c.inChannels(), c.width()),
                Linear.load(w.at("context_embedder"), c.promptWidth(), c.width()),
                w.blocks("transformer_blocks", c.doubleBlocks(), block -> DoubleStreamBlock.load(block, c)),
                w.blocks("single_transformer_blocks", c.singleBlocks(), block -> SingleStreamBlock.load(block, c)),
                OutputNorm.load(w.at("norm_out"), c.width()),
                Linear.load(w.at("proj_out"), c.width(), c.outChannels()));
    }

    /** Makes a transformer of parts that were read otherwise; several blocks may share a modulation. */
    public Mmdit(
            Linear xEmbedder,
            Linear contextEmbedder,
            Blocks<DoubleStreamBlock> transformerBlocks,
            Blocks<SingleStreamBlock> singleTransformerBlocks,
            OutputNorm normOut,
            Linear projOut) {
        this.xEmbedder = xEmbedder;
        this.contextEmbedder = contextEmbedder;
        this.transformerBlocks = transformerBlocks;
        this.singleTransformerBlocks = singleTransformerBlocks;
        this.normOut = normOut;
        this.projOut = projOut;
    }

    /** Tells if a linear layer may lie in fp8: those of the blocks, but not embedders, modulations and the output. */
    public static boolean bearsFp8(String layer) {
        return FP8.matcher(layer).matches();
    }

    /**
     * Computes what the blocks take from a conditioning vector, for several steps at once.
     *
     * @param temb the vector of each picture at each step {@code [steps, B, D]}
     */
    public Conditioning conditioning(Tensor temb) {
        return Conditioning.of(
                temb,
                Stream.of(
                                transformerBlocks.stream().flatMap(DoubleStreamBlock::modulations),
                                singleTransformerBlocks.stream()
                                        .map(block -> block.norm().layer()),
                                Stream.of(Held.resident(normOut.layer())))
                        .flatMap(layers -> layers)
                        .distinct());
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
        try (var scope = Scope.open("transformer")) {
            Modulations modulations = modulations(conditioning);
            Tensor image = xEmbedder.apply(tokens);
            Tensor text = contextEmbedder.apply(promptEmbeds).inBatchOf(tokens);
            Probe.see("temb", conditioning::temb);
            Probe.see("x_embedder", image);
            Probe.see("context_embedder", text);

            Streams streams = new Streams(
                    modulations.image(0).begin(image), modulations.text(0).begin(text));
            for (int i = 0; i < transformerBlocks.size(); i++) {
                DoubleStreamBlock.Sets sets = modulations.doubles().get(i);
                Streams next = transformerBlocks
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

    private Modulations modulations(Conditioning conditioning) {
        return new Modulations(
                transformerBlocks.stream()
                        .map(block -> block.sets(conditioning))
                        .toList(),
                singleTransformerBlocks.stream()
                        .map(block -> block.set(conditioning))
                        .toList(),
                normOut.of(conditioning));
    }
}
