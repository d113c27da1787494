package dev.darkroom.golden;

import dev.darkroom.flux.FluxNetworks;
import dev.darkroom.flux.FluxPositions;
import dev.darkroom.flux.FluxTransformer;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.text.ClipTextEncoder;
import dev.darkroom.text.T5Encoder;
import dev.darkroom.vae.AutoencoderKL;
import dev.darkroom.vae.Posterior;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Goldens of single networks: what goes in, what probes see inside, what comes out. */
final class NetworkGoldens {
    static final Placement CPU = new Placement(Device.CPU, DType.FLOAT32);

    private NetworkGoldens() {}

    static List<Comparison> clip(Path checkpoint, GoldenTensors golden) {
        try (var scope = Scope.open("golden");
                Loaded<ClipTextEncoder> loaded = FluxNetworks.textEncoder(checkpoint.resolve("text_encoder"), CPU)) {
            ClipTextEncoder encoder = loaded.network();
            List<Comparison> results = new ArrayList<>();
            Map<String, float[]> seen =
                    Probe.record(() -> Probe.see("last_hidden_state", encoder.encode(golden.tensor("input_ids"))));
            golden.compare(results, seen, "", Tolerance.NETWORK);
            long[] ids = golden.longs("input_ids");
            int length = (int) golden.shape("input_ids")[1];
            float[] pooled = GoldenValues.join(IntStream.range(0, ids.length / length)
                    .mapToObj(i -> encoder.pooled(Arrays.copyOfRange(ids, i * length, (i + 1) * length))
                            .toFloats())
                    .toList());
            results.add(Comparison.of("pooler_output", pooled, golden.floats("pooler_output"), Tolerance.NETWORK));
            return results;
        }
    }

    static List<Comparison> t5(Path checkpoint, GoldenTensors golden) {
        try (var scope = Scope.open("golden");
                Loaded<T5Encoder> loaded = FluxNetworks.textEncoder2(checkpoint.resolve("text_encoder_2"), CPU)) {
            List<Comparison> results = new ArrayList<>();
            Map<String, float[]> seen = Probe.record(
                    () -> Probe.see("last_hidden_state", loaded.network().encode(golden.tensor("input_ids"))));
            golden.compare(results, seen, "", Tolerance.NETWORK);
            return results;
        }
    }

    static List<Comparison> vaeDecode(Path checkpoint, GoldenTensors golden) {
        try (var scope = Scope.open("golden");
                Loaded<AutoencoderKL> loaded = FluxNetworks.vae(checkpoint.resolve("vae"), CPU)) {
            List<Comparison> results = new ArrayList<>();
            float[][] image = new float[1][];
            Map<String, float[]> seen = Probe.record(() ->
                    image[0] = loaded.network().decode(golden.tensor("in.z")).toFloats());
            golden.compare(results, seen, "mid.", Tolerance.NETWORK);
            results.add(Comparison.of("out.image", image[0], golden.floats("out.image"), Tolerance.NETWORK));
            return results;
        }
    }

    static List<Comparison> vaeEncode(Path checkpoint, GoldenTensors golden) {
        try (var scope = Scope.open("golden");
                Loaded<AutoencoderKL> loaded = FluxNetworks.vae(checkpoint.resolve("vae"), CPU)) {
            List<Comparison> results = new ArrayList<>();
            Posterior[] posterior = new Posterior[1];
            Map<String, float[]> seen =
                    Probe.record(() -> posterior[0] = loaded.network().encode(golden.tensor("in.image")));
            golden.compare(results, seen, "mid.", Tolerance.NETWORK);
            float[] mean = posterior[0].mean().toFloats();
            results.add(Comparison.of("out.mean", mean, golden.floats("out.mean"), Tolerance.NETWORK));
            results.add(Comparison.of("out.mode", mean, golden.floats("out.mode"), Tolerance.NETWORK));
            results.add(Comparison.of(
                    "out.logvar", posterior[0].logvar().toFloats(), golden.floats("out.logvar"), Tolerance.NETWORK));
            return results;
        }
    }

    static List<Comparison> transformer(Path checkpoint, GoldenTensors golden) {
        try (var scope = Scope.open("golden");
                Loaded<FluxTransformer> loaded = FluxNetworks.transformer(checkpoint.resolve("transformer"), CPU)) {
            FluxTransformer transformer = loaded.network();
            List<Comparison> results = new ArrayList<>();
            Tensor ids = Tensor.cat(0, golden.tensor("in.txt_ids"), golden.tensor("in.img_ids"));
            Tensor rope = FluxPositions.rope(ids, transformer.config());
            rope(results, rope, golden);
            float[][] sample = new float[1][];
            Map<String, float[]> seen = Probe.record(() -> sample[0] = transformer
                    .forward(
                            golden.tensor("in.hidden_states"),
                            golden.tensor("in.encoder_hidden_states"),
                            golden.tensor("in.pooled_projections"),
                            golden.tensor("in.timestep"),
                            golden.has("in.guidance") ? golden.tensor("in.guidance") : null,
                            rope)
                    .toFloats());
            golden.compare(results, seen, "mid.", Tolerance.NETWORK);
            for (int i = 0; golden.has("mid.single." + i + ".1"); i++) {
                String name = "mid.single." + i;
                float[] joint = Tensor.cat(1, golden.tensor(name + ".0"), golden.tensor(name + ".1"))
                        .toFloats();
                results.add(Comparison.of(name, seen.get("single." + i), joint, Tolerance.NETWORK));
            }
            results.add(Comparison.of("out.sample", sample[0], golden.floats("out.sample"), Tolerance.NETWORK));
            return results;
        }
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
