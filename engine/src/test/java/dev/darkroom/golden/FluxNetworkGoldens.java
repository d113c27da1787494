package dev.darkroom.golden;

import dev.darkroom.diffusion.StepCache;
import dev.darkroom.flux.FluxTransformer;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.nn.Conditioning;
import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.text.ClipTextEncoder;
import dev.darkroom.text.T5Encoder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Goldens of FLUX.1's text encoders and transformer. */
final class FluxNetworkGoldens {
    private FluxNetworkGoldens() {}

    static void clip(List<Comparison> results, ClipTextEncoder encoder, GoldenTensors golden) {
        states(results, golden, encoder::encode);
        long[] ids = golden.longs("input_ids");
        int length = (int) golden.shape("input_ids")[1];
        float[] pooled = GoldenValues.join(IntStream.range(0, ids.length / length)
                .mapToObj(i -> encoder.pooled(Arrays.copyOfRange(ids, i * length, (i + 1) * length))
                        .toFloats())
                .toList());
        results.add(Comparison.of("pooler_output", pooled, golden.floats("pooler_output"), Tolerance.NETWORK));
    }

    static void t5(List<Comparison> results, T5Encoder encoder, GoldenTensors golden) {
        states(results, golden, encoder::encode);
    }

    private static void states(List<Comparison> results, GoldenTensors golden, UnaryOperator<Tensor> encode) {
        Map<String, float[]> seen =
                Probe.record(() -> Probe.see("last_hidden_state", encode.apply(golden.tensor("input_ids"))));
        golden.compare(results, seen, "", Tolerance.NETWORK);
    }

    static void transformer(List<Comparison> results, FluxTransformer transformer, GoldenTensors golden) {
        Tensor ids = Tensor.cat(0, golden.tensor("in.txt_ids"), golden.tensor("in.img_ids"));
        Tensor rope = transformer.config().blocks().rope(ids);
        rope(results, rope, golden);
        Map<String, float[]> seen = NetworkGoldens.forward(
                results,
                golden,
                "out.sample",
                () -> transformer
                        .blocks()
                        .forward(
                                golden.tensor("in.hidden_states"),
                                golden.tensor("in.encoder_hidden_states"),
                                conditioning(transformer, golden),
                                rope,
                                StepCache.none()));
        for (int i = 0; golden.has("mid.single." + i + ".1"); i++) {
            String name = "mid.single." + i;
            float[] joint = Tensor.cat(1, golden.tensor(name + ".0"), golden.tensor(name + ".1"))
                    .toFloats();
            results.add(Comparison.of(name, seen.get("single." + i), joint, Tolerance.NETWORK));
        }
    }

    /** The conditioning of one step, that of a golden. */
    static Conditioning conditioning(FluxTransformer transformer, GoldenTensors golden) {
        return transformer.conditioning(
                golden.tensor("in.timestep").reshape(1, -1),
                golden.has("in.guidance") ? golden.tensor("in.guidance") : null,
                golden.tensor("in.pooled_projections"));
    }

    /** The reference keeps cosines and sines of every feature; a pair of features turns by one angle. */
    private static void rope(List<Comparison> results, Tensor rope, GoldenTensors golden) {
        if (golden.has("mid.rope.0")) {
            float[] cosSin = AttentionOperators.complexParts(rope).toFloats();
            for (int part = 0; part < 2; part++) {
                float[] repeated = new float[cosSin.length];
                for (int i = 0; i < cosSin.length; i++) {
                    repeated[i] = cosSin[i / 2 * 2 + part];
                }
                results.add(Comparison.of(
                        "mid.rope." + part, repeated, golden.floats("mid.rope." + part), Tolerance.NETWORK));
            }
        }
    }
}
