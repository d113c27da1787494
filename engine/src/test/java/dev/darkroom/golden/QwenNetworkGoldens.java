package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.diffusion.StepCache;
import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.qwenimage.QwenImageNetworks;
import dev.darkroom.qwenimage.QwenImagePositions;
import dev.darkroom.qwenimage.QwenImageTransformer;
import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Goldens of Qwen-Image's transformer. */
final class QwenNetworkGoldens {
    private QwenNetworkGoldens() {}

    static List<Comparison> transformer(GoldenFile file) {
        var positions = new QwenImagePositions(grids(file.params().path("img_shapes")));
        return file.network(
                "transformer",
                QwenImageNetworks::transformer,
                (results, transformer, golden) -> transformer(results, transformer, positions, golden));
    }

    private static void transformer(
            List<Comparison> results,
            QwenImageTransformer transformer,
            QwenImagePositions positions,
            GoldenTensors golden) {
        int textTokens = (int) golden.shape("in.encoder_hidden_states")[1];
        Tensor rope = positions.rope(textTokens, transformer.config(), GoldenTensors.DEVICE);
        rope(results, rope, textTokens, golden);
        NetworkGoldens.forward(
                results,
                golden,
                "out.sample",
                () -> transformer.forward(
                        golden.tensor("in.hidden_states"),
                        golden.tensor("in.encoder_hidden_states"),
                        transformer.conditioning(golden.tensor("in.timestep").reshape(1, -1)),
                        rope,
                        positions.generatedTokens(),
                        golden.has("in.encoder_hidden_states_mask") ? mask(golden) : null,
                        StepCache.none()));
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
        return Tensor.cat(
                1, text, Tensor.of(ones, shape[0], shape[1]).to(DType.BOOL).to(GoldenTensors.DEVICE));
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
