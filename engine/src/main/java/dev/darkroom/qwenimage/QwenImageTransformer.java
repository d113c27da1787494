package dev.darkroom.qwenimage;

import dev.darkroom.diffusion.StepCache;
import dev.darkroom.nn.Linear;
import dev.darkroom.nn.RmsNorm;
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
 * Qwen-Image's denoising network.
 *
 * <p>Source: huggingface/diffusers, {@code models/transformers/transformer_qwenimage.py}, QwenImageTransformer2DModel. Differences: the
 * timestep stays in float32 until it is embedded, where the reference rounds it to the latents' type first.
 */
public final class QwenImageTransformer {
    private static final double NORM_EPS = 1e-6;

    private static final Pattern FP8 =
            Pattern.compile("transformer_blocks\\.\\d+\\.(attn\\..*|txt_mlp\\..*|img_mlp\\.net\\.0\\.proj)");

    private final QwenImageConfig config;
    private final Placement placement;
    private final Linear imgIn;
    private final RmsNorm txtNorm;
    private final Linear txtIn;
    private final TimestepEmbedding timestepEmbedder;
    private final List<QwenImageBlock> transformerBlocks;
    private final Linear normOut;
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
        transformerBlocks = IntStream.range(0, c.blocks())
                .mapToObj(i -> QwenImageBlock.load(w.at("transformer_blocks").at(i), c))
                .toList();
        normOut = Linear.load(w.at("norm_out").at("linear"), d, 2 * d);
        projOut = Linear.load(w.at("proj_out"), d, c.outChannels());
    }

    /**
     * Tells if a linear layer may be multiplied in fp8: those of the blocks, but not embedders, modulations, the output, and the second layer
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
     * Predicts the velocity at one noise level.
     *
     * @param tokens of the generated picture, then of its references {@code [B, S, in channels]}
     * @param promptEmbeds {@code [B, T, prompt width]}
     * @param sigma noise level of each picture, float32 {@code [B]}
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
            Tensor sigma,
            Tensor rope,
            long generatedTokens,
            @Nullable Tensor mask,
            StepCache.Pass steps) {
        try (var scope = Scope.open("qwen image transformer")) {
            long references = tokens.size(1) - generatedTokens;
            boolean apart = config.zeroCondT() && references > 0;
            List<Tensor> tembs = apart
                    ? List.of(
                            timestepEmbedder.applyScaledLast(sigma),
                            timestepEmbedder.applyScaledLast(sigma.affine(0, 0)))
                    : List.of(timestepEmbedder.applyScaledLast(sigma));
            Tensor image = imgIn.apply(tokens);
            List<Tensor> images = apart
                    ? List.of(image.narrow(1, 0, generatedTokens), image.narrow(1, generatedTokens, references))
                    : List.of(image);
            QwenImageStreams streams = new QwenImageStreams(txtIn.apply(txtNorm.apply(promptEmbeds)), images);
            Probe.see("temb", () -> Tensor.cat(0, tembs.toArray(Tensor[]::new)));
            Probe.see("img_in", streams::image);
            Probe.see("txt_in", streams.text());

            for (int i = 0; i < transformerBlocks.size(); i++) {
                QwenImageStreams next = transformerBlocks.get(i).forward(streams, tembs, rope, mask);
                Optional<Tensor> known =
                        i == 0 ? steps.reuse(streams.generated(), next.generated()) : Optional.empty();
                if (known.isPresent()) {
                    return scope.keep(projected(known.get(), tembs.getFirst()));
                }
                streams = next.replacing(streams, scope);
                Probe.see("block", i, "0", streams.text());
                Probe.see("block." + i + ".1", streams::image);
            }

            steps.computed(streams.generated());
            return scope.keep(projected(streams.image(), tembs.getFirst()));
        }
    }

    /** Projects image tokens behind the last block {@code [B, S, D]} to velocities {@code [B, S, out channels]}. */
    private Tensor projected(Tensor image, Tensor temb) {
        List<Tensor> scaleAndShift = normOut.modulation(temb, 2);
        Tensor normed = Operators.modulatedNorm(image, scaleAndShift.get(1), scaleAndShift.get(0), NORM_EPS);
        Probe.see("norm_out", normed);
        return projOut.apply(normed);
    }
}
