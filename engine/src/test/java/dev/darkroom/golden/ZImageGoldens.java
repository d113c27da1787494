package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.diffusion.Run;
import dev.darkroom.diffusion.StepCache;
import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.job.Size;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.tensor.AttentionOperators;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.vae.LatentPacking;
import dev.darkroom.zimage.ZImageNetworks;
import dev.darkroom.zimage.ZImagePositions;
import dev.darkroom.zimage.ZImageTransformer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The goldens of Z-Image. */
final class ZImageGoldens {
    static final GoldenFamily FAMILY = new GoldenFamily(
            "zimage",
            Pattern.compile("\\bZImage(Pipeline|Transformer2DModel)\\b"),
            "ZImage",
            "zimage",
            Map.of(
                    "tokenizers", Qwen3Goldens::tokenizers,
                    "text_encoder", Qwen3Goldens::real,
                    "scheduler", ZImageGoldens::schedules,
                    "vae_decode", file -> file.network("vae", ZImageNetworks::vae, NetworkGoldens::decode),
                    "vae_encode", file -> file.network("vae", ZImageNetworks::vae, NetworkGoldens::encode),
                    "transformer",
                            file -> file.network(
                                    "transformer", ZImageNetworks::transformer, ZImageGoldens::transformer),
                    "pipeline", file -> file.pipeline(ZImagePipelineGoldens::compare)));

    /** The reference keeps latents as pictures where tokens are kept here. */
    static final LatentPacking.Slowest ORDER = LatentPacking.Slowest.PLACE;

    private ZImageGoldens() {}

    /** A schedule with a fixed shift, and the step that image to image begins with. */
    static FlowMatchSchedule schedule(double shift) {
        return new FlowMatchSchedule(shift, false, 0.5, 1.15, 256, 4096, Optional.empty());
    }

    private static List<Comparison> schedules(GoldenFile file) {
        List<Comparison> results = new ArrayList<>();
        for (JsonNode row : file.json()) {
            double shift = row.path("shift").asDouble();
            int steps = row.path("steps").asInt();
            String label = "shift " + shift + ", " + steps + " steps: ";
            double[] sigmas = schedule(shift).sigmas(steps, 1);
            double[] times =
                    Arrays.stream(sigmas).limit(steps).map(sigma -> 1 - sigma).toArray();
            results.add(Comparison.of(
                    label + "sigmas", sigmas, GoldenValues.doubles(row.path("sigmas")), Tolerance.SIGMAS));
            results.add(Comparison.of(
                    label + "model_t", times, GoldenValues.doubles(row.path("model_t")), Tolerance.SIGMAS));
            row.path("strength").properties().forEach(strength -> {
                if (strength.getValue().hasNonNull("sigma_start")) {
                    var run = new Run(
                            "",
                            null,
                            new Size(64, 64),
                            steps,
                            null,
                            1,
                            Double.valueOf(strength.getKey()),
                            64,
                            schedule(shift),
                            "",
                            StepCache.OFF);
                    results.add(Comparison.equal(
                            label + "first step at strength " + strength.getKey(),
                            run.firstStep(),
                            strength.getValue().path("t_start").asInt()));
                }
            });
        }
        return results;
    }

    /** Every picture of a golden by itself, of whose states the reference keeps those of a batch, filled up to the longest. */
    private static void transformer(List<Comparison> results, ZImageTransformer transformer, GoldenTensors golden) {
        for (int i = 0; golden.has("in.latents." + i); i++) {
            int item = i;
            Map<String, float[]> seen = Probe.record(() -> forward(transformer, golden, item));
            seen.forEach((name, values) -> {
                String of = golden.has("mid." + name) ? "mid." + name : name;
                if (golden.has(of) && (item == 0 || !isShared(of) || of.startsWith("out."))) {
                    int start = isShared(of) ? 0 : item * values(golden, of) / items(golden);
                    float[] expected = Arrays.copyOfRange(golden.floats(of), start, start + values.length);
                    results.add(Comparison.of(of, values, expected, Tolerance.NETWORK));
                }
            });
        }
    }

    /** A result of one picture, or positions of the first one, of which the reference keeps no batch. */
    private static boolean isShared(String name) {
        return name.startsWith("out.") || name.contains("rope") || name.contains("pos_ids");
    }

    private static int items(GoldenTensors golden) {
        return golden.has("in.latents.1") ? 2 : 1;
    }

    private static int values(GoldenTensors golden, String name) {
        return (int) Arrays.stream(golden.shape(name)).reduce(1, (x, y) -> x * y);
    }

    private static void forward(ZImageTransformer transformer, GoldenTensors golden, int item) {
        Tensor picture = golden.tensor("in.latents." + item);
        long h = picture.size(2);
        long w = picture.size(3);
        Tensor embeds = golden.tensor("in.cap_feats." + item);
        Tensor text = embeds.reshape(1, embeds.size(0), embeds.size(1));
        var positions = new ZImagePositions(new TokenGrid((int) h / 2, (int) w / 2), (int) embeds.size(0));
        Tensor rope =
                positions.rope(transformer.config(), transformer.placement().device());
        rope("x", rope.narrow(0, 0, positions.image()), positions.ids().narrow(0, 0, positions.image()));
        rope(
                "cap",
                rope.narrow(0, positions.image(), positions.text()),
                positions.ids().narrow(0, positions.image(), positions.text()));
        Tensor out = transformer.forward(
                LatentPacking.pack(picture.reshape(1, picture.size(0), h, w), ORDER),
                transformer.text(text, rope.narrow(0, positions.image(), positions.text())),
                transformer.conditioning(
                        golden.tensor("in.t").narrow(0, item, 1).reshape(1, 1)),
                rope,
                StepCache.none());
        Probe.see("out.sample." + item, LatentPacking.unpack(out, h, w, ORDER));
    }

    private static void rope(String of, Tensor rope, Tensor ids) {
        Tensor parts = AttentionOperators.complexParts(rope.to(Device.CPU)).reshape(rope.size(0), -1, 2);
        Probe.see(of + "_rope.cos", parts.narrow(2, 0, 1).contiguous());
        Probe.see(of + "_rope.sin", parts.narrow(2, 1, 1).contiguous());
        Probe.see(of + "_pos_ids", ids.contiguous());
    }
}
