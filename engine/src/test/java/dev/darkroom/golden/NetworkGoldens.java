package dev.darkroom.golden;

import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.vae.Autoencoder;
import dev.darkroom.vae.Posterior;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What goldens of single networks hold in every family: what goes in, what probes see inside, what comes out. */
final class NetworkGoldens {
    private NetworkGoldens() {}

    /** Compares what probes see on the way, then the result; returns what they saw. */
    static Map<String, float[]> forward(
            List<Comparison> results, GoldenTensors golden, String out, Supplier<Tensor> forward) {
        float[][] result = new float[1][];
        Map<String, float[]> seen = Probe.record(() -> result[0] = forward.get().toFloats());
        golden.compare(results, seen, "mid.", Tolerance.NETWORK);
        results.add(Comparison.of(out, result[0], golden.floats(out), Tolerance.NETWORK));
        return seen;
    }

    static void decode(List<Comparison> results, Autoencoder vae, GoldenTensors golden) {
        forward(results, golden, "out.image", () -> vae.decode(picture(golden, "in.z")));
    }

    static void encode(List<Comparison> results, Autoencoder vae, GoldenTensors golden) {
        Posterior[] posterior = new Posterior[1];
        Map<String, float[]> seen = Probe.record(() -> posterior[0] = vae.encode(picture(golden, "in.image")));
        golden.compare(results, seen, "mid.", Tolerance.NETWORK);
        Tensor mean = posterior[0].mean();
        add(results, golden, "out.mean", mean);
        if (golden.has("out.mode")) {
            add(results, golden, "out.mode", mean);
        }
        add(results, golden, "out.logvar", posterior[0].logvar());
        if (golden.has("out.normalised")) {
            add(results, golden, "out.normalised", vae.scale(mean));
        }
    }

    private static void add(List<Comparison> results, GoldenTensors golden, String name, Tensor actual) {
        results.add(Comparison.of(name, actual.toFloats(), golden.floats(name), Tolerance.NETWORK));
    }

    /** {@code [B, C, h, w]}, which may be the single frame of {@code [B, C, 1, h, w]}. */
    private static Tensor picture(GoldenTensors golden, String name) {
        long[] shape = golden.shape(name);
        Tensor picture = golden.tensor(name);
        return shape.length == 4 ? picture : picture.reshape(shape[0], shape[1], shape[3], shape[4]);
    }
}
