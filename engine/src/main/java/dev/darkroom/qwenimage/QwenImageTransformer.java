package dev.darkroom.qwenimage;

import dev.darkroom.diffusion.StepCache;
import dev.darkroom.nn.Conditioning;
import dev.darkroom.nn.Linear;
import dev.darkroom.nn.Modulation;
import dev.darkroom.nn.OutputNorm;
import dev.darkroom.nn.RmsNorm;
import dev.darkroom.nn.TimestepEmbedding;
import dev.darkroom.ring.Blocks;
import dev.darkroom.ring.Held;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.LayerNames;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Qwen-Image's denoising network.
 *
 * <p>Source: huggingface/diffusers, {@code models/transformers/transformer_qwenimage.py}, QwenImageTransformer2DModel. Differences: the
 * timestep stays in float32 until it is embedded, where the reference rounds it to the latents' type first.
 */
public final class QwenImageTransformer {
    private static final double NORM_EPS = 1e-6;

    private static final Pattern FP8 =
            Pattern.compile("transformer_blocks\\.\\d+\\.(attn\\..*|txt_mlp\\..*|img_mlp\\.net\\.0\\.proj)");

    /** What is known of the layers by their names. */
    static final LayerNames LAYERS = new LayerNames(QwenImageTransformer::bearsFp8, new QwenImageTensorNames());

    private final QwenImageConfig config;
    private final Placement placement;
    private final Linear imgIn;
    private final RmsNorm txtNorm;
    private final Linear txtIn;
    private final TimestepEmbedding timestepEmbedder;
    private final Blocks<QwenImageBlock> transformerBlocks;
    private final OutputNorm normOut;
    private final Linear projOut;

    /** Reads the weights below {@code w}, in the shapes that the config states. */
    public QwenImageTransformer(QwenImageConfig c, Weights w) {
        config = c;
        placement = w.placement();
        int d = c.width();
        imgIn = Linear.load(w.at("img_in"), c.inChannels(), d);
        txtNorm = RmsNorm.load(w.at("txt_norm"), c.promptWidth(), NORM_EPS);
        txtIn = Linear.load(w.at("txt_in"), c.promptWidth(), d);
        timestepEmbedder = TimestepEmbedding.load(w.at("time_text_embed").at("timestep_embedder"), d);
        transformerBlocks = w.blocks("transformer_blocks", c.blocks(), block -> QwenImageBlock.load(block, c));
        normOut = OutputNorm.load(w.at("norm_out"), d);
        projOut = Linear.load(w.at("proj_out"), d, c.outChannels());
    }

    /**
     * Tells if a linear layer may lie in fp8: those of the blocks, but not embedders, modulations, the output, and the second layer
     * of the image tokens' MLP, whose inputs reach far.
     */
    static boolean bearsFp8(String layer) {
        return FP8.matcher(layer).matches();
    }

    public QwenImageConfig config() {
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
     * @return the steps; behind them, where references have a noise level of their own, that level: none
     */
    public Conditioning conditioning(Tensor sigmas) {
        Tensor levels = config.zeroCondT()
                ? Tensor.cat(0, sigmas, sigmas.narrow(0, 0, 1).affine(0, 0))
                : sigmas;
        Tensor temb = timestepEmbedder
                .applyScaledLast(levels.reshape(-1))
                .reshape(levels.size(0), levels.size(1), config.width());
        return Conditioning.of(
                temb,
                Stream.concat(
                        transformerBlocks.stream().flatMap(QwenImageBlock::modulations),
                        Stream.of(Held.resident(normOut.layer()))));
    }

    /**
     * Predicts the velocity at one step.
     *
     * @param tokens of the generated picture, then of its references {@code [B, S, in channels]}
     * @param promptEmbeds {@code [B, T, prompt width]}; a B of 1 is for all pictures
     * @param conditioning of the step
     * @param rope rotations of text, then image tokens: complex {@code [T + S, Dh/2]}
     * @param generatedTokens number of the S tokens that are being generated
     * @param mask true for keys that may be attended to, bool {@code [B, T + S]}; null for all
     * @param steps what this pass reuses of earlier steps
     * @return {@code [B, S, out channels]}, of which only the generated tokens mean something, and which has no others where the step is
     *     reused
     */
    public Tensor forward(
            Tensor tokens,
            Tensor promptEmbeds,
            Conditioning conditioning,
            Tensor rope,
            long generatedTokens,
            @Nullable Tensor mask,
            StepCache.Pass steps) {
        try (var scope = Scope.open("qwen image transformer")) {
            long references = tokens.size(1) - generatedTokens;
            boolean apart = config.zeroCondT() && references > 0;
            List<Conditioning> conditionings =
                    apart ? List.of(conditioning, conditioning.last()) : List.of(conditioning);
            List<List<Modulation.Pair>> pairs = transformerBlocks.stream()
                    .map(block -> block.pairs(conditionings))
                    .toList();
            Modulation.Norm out = normOut.of(conditioning);

            Tensor text = txtIn.apply(txtNorm.apply(promptEmbeds)).inBatchOf(tokens);
            Tensor image = imgIn.apply(tokens);
            List<Tensor> streamed = apart
                    ? List.of(text, image.narrow(1, 0, generatedTokens), image.narrow(1, generatedTokens, references))
                    : List.of(text, image);
            List<Modulation.Norm> first = before(0, pairs, out, streamed.size());
            QwenImageStreams streams = new QwenImageStreams(IntStream.range(0, streamed.size())
                    .mapToObj(i -> first.get(i).begin(streamed.get(i)))
                    .toList());
            Probe.see(
                    "temb",
                    () -> Tensor.cat(
                            1, conditionings.stream().map(Conditioning::temb).toArray(Tensor[]::new)));
            Probe.see("img_in", image);
            Probe.see("txt_in", text);

            for (int i = 0; i < transformerBlocks.size(); i++) {
                QwenImageStreams next = transformerBlocks
                        .at(i)
                        .forward(streams, pairs.get(i), before(i + 1, pairs, out, streamed.size()), rope, mask);
                Optional<Tensor> known = i == 0 ? steps.reuse(streams.generated(), next.generated()) : Optional.empty();
                if (known.isPresent()) {
                    return scope.keep(projOut.apply(out.of(known.get())));
                }
                streams = next.replacing(streams, scope);
                Probe.see("block", i, "0", streams.text());
                Probe.see("block." + i + ".1", streams::image);
            }

            steps.computed(streams.generated(), 0);
            Tensor normed = streams.imageNorm();
            Probe.see("norm_out", normed);
            return scope.keep(projOut.apply(normed));
        }
    }

    /** Norms of all streams before block {@code i}, or behind the last one. */
    private static List<Modulation.Norm> before(
            int i, List<List<Modulation.Pair>> pairs, Modulation.Norm out, int streams) {
        return i < pairs.size()
                ? pairs.get(i).stream().map(pair -> pair.attention().norm()).toList()
                : Collections.nCopies(streams, out);
    }
}
