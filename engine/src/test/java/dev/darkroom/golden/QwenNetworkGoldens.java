package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.qwenimage.QwenImageNetworks;
import dev.darkroom.qwenimage.QwenImagePositions;
import dev.darkroom.qwenimage.QwenImageTransformer;
import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.vae.AutoencoderKLQwenImage;
import dev.darkroom.vae.Posterior;
import dev.darkroom.weights.Loaded;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Goldens of Qwen-Image's transformer and autoencoder. */
final class QwenNetworkGoldens {
    private QwenNetworkGoldens() {}

    static List<Comparison> vaeDecode(Path checkpoint, GoldenTensors golden) {
        try (var scope = Scope.open("golden");
                Loaded<AutoencoderKLQwenImage> loaded =
                        QwenImageNetworks.vae(checkpoint.resolve("vae"), NetworkGoldens.CPU)) {
            List<Comparison> results = new ArrayList<>();
            float[][] image = new float[1][];
            Map<String, float[]> seen = Probe.record(() ->
                    image[0] = loaded.network().decode(frame(golden, "in.z")).toFloats());
            golden.compare(results, seen, "mid.", Tolerance.NETWORK);
            results.add(Comparison.of("out.image", image[0], golden.floats("out.image"), Tolerance.NETWORK));
            return results;
        }
    }

    static List<Comparison> vaeEncode(Path checkpoint, GoldenTensors golden) {
        try (var scope = Scope.open("golden");
                Loaded<AutoencoderKLQwenImage> loaded =
                        QwenImageNetworks.vae(checkpoint.resolve("vae"), NetworkGoldens.CPU)) {
            List<Comparison> results = new ArrayList<>();
            Posterior[] posterior = new Posterior[1];
            Map<String, float[]> seen =
                    Probe.record(() -> posterior[0] = loaded.network().encode(frame(golden, "in.image")));
            golden.compare(results, seen, "mid.", Tolerance.NETWORK);
            Tensor mean = posterior[0].mean();
            results.add(Comparison.of("out.mean", mean.toFloats(), golden.floats("out.mean"), Tolerance.NETWORK));
            results.add(Comparison.of(
                    "out.logvar", posterior[0].logvar().toFloats(), golden.floats("out.logvar"), Tolerance.NETWORK));
            results.add(Comparison.of(
                    "out.normalised",
                    loaded.network().scale(mean).toFloats(),
                    golden.floats("out.normalised"),
                    Tolerance.NETWORK));
            return results;
        }
    }

    /** The single frame of {@code [B, C, 1, h, w]}. */
    private static Tensor frame(GoldenTensors golden, String name) {
        long[] shape = golden.shape(name);
        return golden.tensor(name).reshape(shape[0], shape[1], shape[3], shape[4]);
    }

    static List<Comparison> transformer(Path checkpoint, JsonNode params, GoldenTensors golden) {
        try (var scope = Scope.open("golden");
                Loaded<QwenImageTransformer> loaded =
                        QwenImageNetworks.transformer(checkpoint.resolve("transformer"), NetworkGoldens.CPU)) {
            QwenImageTransformer transformer = loaded.network();
            List<Comparison> results = new ArrayList<>();
            var positions = new QwenImagePositions(grids(params.path("img_shapes")));
            int textTokens = (int) golden.shape("in.encoder_hidden_states")[1];
            Tensor rope = positions.rope(textTokens, transformer.config(), Device.CPU);
            rope(results, rope, textTokens, golden);
            float[][] sample = new float[1][];
            Map<String, float[]> seen = Probe.record(() -> sample[0] = transformer
                    .forward(
                            golden.tensor("in.hidden_states"),
                            golden.tensor("in.encoder_hidden_states"),
                            golden.tensor("in.timestep"),
                            rope,
                            positions.generatedTokens(),
                            golden.has("in.encoder_hidden_states_mask") ? mask(golden) : null)
                    .toFloats());
            golden.compare(results, seen, "mid.", Tolerance.NETWORK);
            results.add(Comparison.of("out.sample", sample[0], golden.floats("out.sample"), Tolerance.NETWORK));
            return results;
        }
    }

    static List<TokenGrid> grids(JsonNode shapes) {
        List<TokenGrid> grids = new ArrayList<>();
        shapes.forEach(shape ->
                grids.add(new TokenGrid(shape.path(1).asInt(), shape.path(2).asInt())));
        return grids;
    }

    /** Text tokens as the golden says, all image tokens. */
    private static Tensor mask(GoldenTensors golden) {
        Tensor text = golden.tensor("in.encoder_hidden_states_mask").to(DType.BOOL);
        long[] shape = golden.shape("in.hidden_states");
        float[] ones = new float[(int) (shape[0] * shape[1])];
        Arrays.fill(ones, 1);
        return Tensor.cat(1, text, Tensor.of(ones, shape[0], shape[1]).to(DType.BOOL));
    }

    private static void rope(List<Comparison> results, Tensor rope, int textTokens, GoldenTensors golden) {
        part(results, rope.narrow(0, 0, textTokens), "txt", golden);
        part(results, rope.narrow(0, textTokens, rope.size(0) - textTokens), "img", golden);
    }

    private static void part(List<Comparison> results, Tensor rope, String stream, GoldenTensors golden) {
        if (!golden.has("mid.rope_" + stream + "_cos")) {
            return;
        }
        float[] cosSin = AttentionOperators.complexParts(rope).toFloats();
        float[] cos = new float[cosSin.length / 2];
        float[] sin = new float[cosSin.length / 2];
        for (int i = 0; i < cos.length; i++) {
            cos[i] = cosSin[2 * i];
            sin[i] = cosSin[2 * i + 1];
        }
        String name = "mid.rope_" + stream;
        results.add(Comparison.of(name + "_cos", cos, golden.floats(name + "_cos"), Tolerance.NETWORK));
        results.add(Comparison.of(name + "_sin", sin, golden.floats(name + "_sin"), Tolerance.NETWORK));
    }
}
