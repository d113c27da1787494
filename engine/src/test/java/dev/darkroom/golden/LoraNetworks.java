package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.diffusion.StepCache;
import dev.darkroom.flux.FluxNetworks;
import dev.darkroom.flux.FluxTransformer;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.lora.Loras;
import dev.darkroom.qwenimage.QwenImageNetworks;
import dev.darkroom.qwenimage.QwenImagePositions;
import dev.darkroom.qwenimage.QwenImageTransformer;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.text.ClipTextEncoder;
import dev.darkroom.weights.LinearWeight.LowRank;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The networks that goldens of LoRA files are about, in float32 on the PLACEMENT.
 *
 * @param forward computes the transformer's output for its hidden states
 * @param clip CLIP with the folder of FLUX.1's goldens; null if the checkpoint has none
 */
record LoraNetworks(
        Loaded<?> transformer,
        Function<Tensor, Tensor> forward,
        GoldenTensors inputs,
        @Nullable Loaded<ClipTextEncoder> clip,
        Path goldens)
        implements AutoCloseable {
    private static final Placement PLACEMENT = new Placement(GoldenTensors.DEVICE, GoldenTensors.DTYPE);
    private static final String TRANSFORMER = "transformer";
    private static final String TEXT_ENCODER = "text_encoder";

    /** Loads the checkpoint that a case is of. */
    static LoraNetworks load(Path folder, Checkpoints checkpoints, JsonNode entry) {
        String base = entry.path("base").asText();
        Path checkpoint = checkpoints.folders().stream()
                .filter(known -> known.endsWith(base))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no checkpoint " + base));
        Path goldens = folder.toAbsolutePath().normalize().getParent();
        Path file = goldens.resolve(entry.path("inputs").asText().replaceFirst("^golden/", ""));
        GoldenTensors inputs = GoldenTensors.read(file);
        if (base.contains("qwen")) {
            Loaded<QwenImageTransformer> loaded =
                    QwenImageNetworks.transformer(checkpoint.resolve(TRANSFORMER), PLACEMENT);
            JsonNode shapes = GoldenValues.read(file.resolveSibling("manifest.json"))
                    .path(file.getFileName().toString())
                    .path("params")
                    .path("img_shapes");
            return new LoraNetworks(loaded, qwen(loaded.network(), inputs, shapes), inputs, null, goldens);
        }
        Loaded<FluxTransformer> loaded = FluxNetworks.transformer(checkpoint.resolve(TRANSFORMER), PLACEMENT);
        Path clip = checkpoint.resolve(TEXT_ENCODER);
        return new LoraNetworks(
                loaded,
                flux(loaded.network(), inputs),
                inputs,
                Files.isDirectory(clip) ? FluxNetworks.textEncoder(clip, PLACEMENT) : null,
                goldens);
    }

    private static Function<Tensor, Tensor> flux(FluxTransformer transformer, GoldenTensors in) {
        return tokens -> transformer
                .blocks()
                .forward(
                        tokens,
                        in.tensor("in.encoder_hidden_states"),
                        FluxNetworkGoldens.conditioning(transformer, in),
                        transformer
                                .config()
                                .blocks()
                                .rope(Tensor.cat(0, in.tensor("in.txt_ids"), in.tensor("in.img_ids"))),
                        StepCache.none());
    }

    private static Function<Tensor, Tensor> qwen(QwenImageTransformer transformer, GoldenTensors in, JsonNode shapes) {
        var positions = new QwenImagePositions(QwenNetworkGoldens.grids(shapes));
        int textTokens = (int) in.shape("in.encoder_hidden_states")[1];
        return tokens -> transformer.forward(
                tokens,
                in.tensor("in.encoder_hidden_states"),
                transformer.conditioning(in.tensor("in.timestep").reshape(1, -1)),
                positions.rope(textTokens, transformer.config(), GoldenTensors.DEVICE),
                positions.generatedTokens(),
                null,
                StepCache.none());
    }

    List<Loras.Network> adaptable() {
        List<Loras.Network> networks = new ArrayList<>();
        networks.add(new Loras.Network(TRANSFORMER, transformer));
        if (clip != null) {
            networks.add(new Loras.Network(TEXT_ENCODER, clip));
        }
        return networks;
    }

    /** The transformer's output for the golden's own hidden states, or else those of its inputs. */
    float[] output(GoldenTensors golden) {
        GoldenTensors source = golden.has("in.hidden_states") ? golden : inputs;
        return forward.apply(source.tensor("in.hidden_states")).toFloats();
    }

    /** Compares CLIP's states of the first two texts, and its pooled ones of all. */
    void clip(List<Comparison> results, GoldenTensors golden, String at) {
        if (clip == null || !golden.has("out.clip_pooled." + at)) {
            return;
        }
        GoldenTensors texts = GoldenTensors.read(goldens.resolve("flux/clip_text.safetensors"));
        long[] ids = texts.longs("input_ids");
        int length = (int) texts.shape("input_ids")[1];
        float[] pooled = GoldenValues.join(IntStream.range(0, ids.length / length)
                .mapToObj(i -> clip.network()
                        .pooled(Arrays.copyOfRange(ids, i * length, (i + 1) * length))
                        .toFloats())
                .toList());
        results.add(Comparison.of(
                "out.clip_pooled." + at, pooled, golden.floats("out.clip_pooled." + at), Tolerance.NETWORK));
        String states = "out.clip_last_hidden." + at;
        if (golden.has(states)) {
            float[] actual = clip.network()
                    .encode(texts.tensor("input_ids").narrow(0, 0, golden.shape(states)[0]))
                    .toFloats();
            results.add(Comparison.of(states, actual, golden.floats(states), Tolerance.NETWORK));
        }
    }

    /** What LoRAs change at the moment, by parameters, as if it were written into them. */
    Map<String, float[]> changes() {
        Map<String, float[]> changes = new TreeMap<>();
        for (Loras.Network network : adaptable()) {
            network.loaded()
                    .linears()
                    .forEach((name, layer) -> layer.lowRank().ifPresent(added -> {
                        String parameter = network.role() + "." + name;
                        changes.put(
                                parameter + ".weight",
                                product(layer.tensor(), added).toFloats());
                        if (added.shift() != null && added.gain() == null) {
                            changes.put(parameter + ".bias", added.shift().toFloats());
                        }
                    }));
            network.loaded().norms().forEach((name, norm) -> {
                if (norm.tensor() != norm.loaded()) {
                    changes.put(
                            network.role() + "." + name + ".weight",
                            norm.tensor().minus(norm.loaded()).toFloats());
                }
            });
        }
        return changes;
    }

    /** {@code up · down}, and what a gain adds to the weight. */
    private static Tensor product(Tensor weight, LowRank added) {
        Tensor product = Operators.linear(added.up(), added.down().permute(1, 0), null);
        return added.gain() == null
                ? product
                : product.plus(weight.times(added.gain().affine(1, -1).reshape(-1, 1)));
    }

    @Override
    public void close() {
        transformer.close();
        if (clip != null) {
            clip.close();
        }
    }
}
