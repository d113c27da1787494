package dev.darkroom.zimage;

import dev.darkroom.diffusion.StepCache;
import dev.darkroom.nn.Conditioning;
import dev.darkroom.nn.EmbeddingMlp;
import dev.darkroom.nn.Linear;
import dev.darkroom.nn.RmsNorm;
import dev.darkroom.nn.TimestepEmbedding;
import dev.darkroom.ring.Blocks;
import dev.darkroom.ring.Held;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.LayerNames;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.util.Collections;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Z-Image's denoising network: image and text pass a few blocks of their own, then all others as one sequence. Both are filled up to
 * multiples of 32 tokens by learned ones, which are tokens like all others.
 *
 * <p>Source: huggingface/diffusers, {@code models/transformers/transformer_z_image.py}, ZImageTransformer2DModel. Differences: what the text
 * passes alone is computed once for all steps, for nothing of it depends on the noise.
 */
public final class ZImageTransformer {
    private static final int TIME_WIDTH = 1024;
    private static final double LAST_EPS = 1e-6;

    /** Name of the one size of patches: 2×2 places of one frame. */
    private static final String PATCH = "2-1";

    private static final Pattern FP8 =
            Pattern.compile("(layers|noise_refiner|context_refiner)\\.\\d+\\.(attention\\..*|feed_forward\\.w[13])");

    /** What is known of the layers by their names. */
    static final LayerNames LAYERS = new LayerNames(ZImageTransformer::bearsFp8, new ZImageNames());

    private final ZImageConfig config;
    private final Placement placement;
    private final TimestepEmbedding tEmbedder;
    private final Linear xEmbedder;
    private final RmsNorm capNorm;
    private final Linear capEmbedder;
    private final Tensor xPadToken;
    private final Tensor capPadToken;
    private final Blocks<ZImageBlock> noiseRefiner;
    private final Blocks<ZImageBlock> contextRefiner;
    private final Blocks<ZImageBlock> layers;
    private final Linear lastScale;
    private final Linear lastLinear;

    /** Reads the weights below {@code w}, in the shapes that the config states. */
    public ZImageTransformer(ZImageConfig c, Weights w) {
        config = c;
        placement = w.placement();
        int d = c.width();
        Weights time = w.at("t_embedder");
        tEmbedder = TimestepEmbedding.of(
                time,
                new EmbeddingMlp(
                        Linear.load(time.at("mlp").at(0), TimestepEmbedding.CHANNELS, TIME_WIDTH),
                        Linear.load(time.at("mlp").at(2), TIME_WIDTH, c.conditionWidth())));
        xEmbedder = Linear.load(w.at("all_x_embedder").at(PATCH), c.tokenWidth(), d);
        capNorm = RmsNorm.load(w.at("cap_embedder").at(0), c.promptWidth(), c.eps());
        capEmbedder = Linear.load(w.at("cap_embedder").at(1), c.promptWidth(), d);
        xPadToken = w.row("x_pad_token", d);
        capPadToken = w.row("cap_pad_token", d);
        noiseRefiner = blocks(w, "noise_refiner", c.refiners(), true);
        contextRefiner = blocks(w, "context_refiner", c.refiners(), false);
        layers = blocks(w, "layers", c.layers(), true);
        Weights last = w.at("all_final_layer").at(PATCH);
        lastScale = Linear.load(last.at("adaLN_modulation").at(1), c.conditionWidth(), d);
        lastLinear = Linear.load(last.at("linear"), d, c.tokenWidth());
    }

    private Blocks<ZImageBlock> blocks(Weights w, String name, int count, boolean modulated) {
        return w.blocks(name, count, block -> ZImageBlock.load(block, config, name, modulated));
    }

    /**
     * Tells if a linear layer may lie in fp8: those of the blocks, but not embedders, modulations, the output, and the last layer of the
     * MLPs, whose inputs are products and reach far.
     */
    static boolean bearsFp8(String layer) {
        return FP8.matcher(layer).matches();
    }

    public ZImageConfig config() {
        return config;
    }

    /** Device and element type in which this network computes. */
    public Placement placement() {
        return placement;
    }

    /**
     * Computes what the blocks take from times, for several steps at once.
     *
     * @param times 1 − noise level of each picture at each step, float32 {@code [steps, B]}; a B of 1 is for all pictures
     */
    public Conditioning conditioning(Tensor times) {
        Tensor temb = tEmbedder
                .apply(times.reshape(-1).affine(config.timeScale() / 1000, 0))
                .reshape(times.size(0), times.size(1), config.conditionWidth());
        return Conditioning.of(
                temb,
                Stream.concat(noiseRefiner.stream(), layers.stream()).flatMap(ZImageBlock::modulations),
                Stream.of(Held.resident(lastScale)));
    }

    /**
     * Computes all that is done with a prompt alone.
     *
     * @param promptEmbeds {@code [1, n, prompt width]}
     * @param rope rotations of the text tokens, those that fill them up among them: complex {@code [N, Dh/2]}
     * @return text tokens {@code [1, N, D]}
     */
    public Tensor text(Tensor promptEmbeds, Tensor rope) {
        try (var scope = Scope.open("z-image text")) {
            Tensor embedded = capEmbedder.apply(capNorm.apply(promptEmbeds));
            Probe.see("cap_embedder", embedded);
            Tensor text = filledUp(embedded, capPadToken);
            Probe.see("cap_padded", text);
            return scope.keep(refined(scope, contextRefiner, text, null, rope));
        }
    }

    /**
     * Predicts at one step: minus the velocity.
     *
     * @param tokens of the generated pictures {@code [B, s, 4C]}
     * @param text tokens of the prompt {@code [1, N, D]}, as {@link #text} gives them
     * @param conditioning of the step
     * @param rope rotations of image, then text tokens: complex {@code [S + N, Dh/2]}
     * @param steps what this pass reuses of earlier steps
     * @return {@code [B, s, 4C]}
     */
    public Tensor forward(Tensor tokens, Tensor text, Conditioning conditioning, Tensor rope, StepCache.Pass steps) {
        try (var scope = Scope.open("z-image transformer")) {
            Tensor all = joined(tokens, text, conditioning, rope);
            Probe.see("unified", all);
            for (int i = 0; i < layers.size(); i++) {
                Tensor next = layers.at(i).forward(all, conditioning, rope, i);
                Optional<Tensor> known = i == 0 ? steps.reuse(all, next) : Optional.empty();
                if (known.isPresent()) {
                    return scope.keep(last(known.get(), conditioning));
                }
                all = scope.replace(all, next);
            }
            steps.computed(all, 0);
            Tensor out = all;
            Probe.see("final_layer", () -> last(out, conditioning));
            return scope.keep(last(all.narrow(1, 0, tokens.size(1)), conditioning));
        }
    }

    /** Image tokens behind the blocks of their own, then those of the text: {@code [B, S + N, D]}. */
    private Tensor joined(Tensor tokens, Tensor text, Conditioning conditioning, Tensor rope) {
        try (var scope = Scope.open("z-image image")) {
            Tensor embedded = xEmbedder.apply(tokens);
            Probe.see("t_embedder", conditioning::temb);
            Probe.see("x_embedder", embedded);
            Tensor image = filledUp(embedded, xPadToken);
            Probe.see("x_padded", image);
            Tensor refined = refined(scope, noiseRefiner, image, conditioning, rope.narrow(0, 0, image.size(1)));
            return scope.keep(Tensor.cat(1, refined, text.inBatchOf(refined)));
        }
    }

    private static Tensor refined(
            Scope scope, Blocks<ZImageBlock> blocks, Tensor x, @Nullable Conditioning conditioning, Tensor rope) {
        for (int i = 0; i < blocks.size(); i++) {
            x = scope.replace(x, blocks.at(i).forward(x, conditioning, rope, i));
        }
        return x;
    }

    private Tensor last(Tensor x, Conditioning conditioning) {
        Tensor scale = conditioning.parts(lastScale, 1).getFirst();
        return lastLinear.apply(Operators.modulatedNorm(x, scale.affine(0, 0), scale, LAST_EPS));
    }

    /** Fills tokens {@code [B, n, D]} up with copies of a learned one, a row of {@code D} numbers. */
    private static Tensor filledUp(Tensor tokens, Tensor pad) {
        int missing = ZImagePositions.filledUp(tokens.size(1)) - (int) tokens.size(1);
        if (missing == 0) {
            return tokens;
        }
        Tensor one = pad.reshape(1, 1, -1);
        Tensor pads = Tensor.cat(1, Collections.nCopies(missing, one).toArray(Tensor[]::new));
        return Tensor.cat(1, tokens, pads.inBatchOf(tokens));
    }
}
