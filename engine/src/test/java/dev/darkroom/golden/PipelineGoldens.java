package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.diffusion.Run;
import dev.darkroom.diffusion.StepCache;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.job.Size;
import dev.darkroom.model.Residency;
import dev.darkroom.schedule.FlowMatchSchedule;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Probe;
import dev.darkroom.weights.PlacementPolicy;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What goldens of whole pipelines hold in every family: the noise, the schedule, and every point that a run passes. */
final class PipelineGoldens {
    static final Residency RESIDENCY = new Residency(
            new PlacementPolicy(GoldenTensors.DEVICE, Optional.of(GoldenTensors.DTYPE), OptionalLong.empty()));

    private static final String EVERY = "_every";

    private PipelineGoldens() {}

    /** The run that a manifest's parameters ask for. */
    static Run run(JsonNode params, Size size, @Nullable Double guidanceScale, Path scheduler) {
        return new Run(
                params.path("prompt").asText(),
                params.hasNonNull("negative_prompt")
                        ? params.path("negative_prompt").asText()
                        : null,
                size,
                params.path("num_inference_steps").asInt(),
                guidanceScale,
                params.path("true_cfg_scale").asDouble(1),
                null,
                params.path("max_sequence_length").asInt(512),
                schedule(scheduler),
                "",
                StepCache.OFF);
    }

    /** The size that a manifest's parameters ask for. */
    static Size size(JsonNode params) {
        return new Size(params.path("width").asInt(), params.path("height").asInt());
    }

    /** Compares the noise and the schedule, then all that probes see while a picture is generated. */
    static void compare(List<Comparison> results, Run run, JsonNode params, GoldenTensors golden, Runnable generate) {
        noise(results, params, golden);
        sigmas(results, run, golden);
        Map<String, float[]> seen = Probe.record(generate);
        golden.compare(results, seen, "", Tolerance.PIPELINE);
        golden.header().entries().keySet().stream()
                .filter(name -> name.contains(EVERY))
                .forEach(name -> results.add(everyFew(name, seen, golden)));
    }

    private static void noise(List<Comparison> results, JsonNode params, GoldenTensors golden) {
        if (params.has("noise_seed")) {
            float[] drawn = Operators.randn(params.path("noise_seed").asLong(), DType.FLOAT32, golden.shape("in.noise"))
                    .getFirst()
                    .toFloats();
            results.add(Comparison.of("in.noise", drawn, golden.floats("in.noise"), Tolerance.SIGMAS));
        }
    }

    /** Compares the noise levels of a run. */
    static void sigmas(List<Comparison> results, Run run, GoldenTensors golden) {
        if (golden.has("sigmas")) {
            float[] expected = golden.floats("sigmas");
            results.add(Comparison.of(
                    "sigmas",
                    run.sigmas(),
                    IntStream.range(0, expected.length)
                            .mapToDouble(i -> expected[i])
                            .toArray(),
                    Tolerance.SIGMAS));
        }
    }

    /** A golden that holds only every n-th token of what a probe saw. */
    private static Comparison everyFew(String name, Map<String, float[]> seen, GoldenTensors golden) {
        String probe = name.substring(0, name.lastIndexOf(EVERY));
        int every = Integer.parseInt(name.substring(name.lastIndexOf(EVERY) + EVERY.length()));
        int width = (int) golden.shape(name)[2];
        float[] all = seen.getOrDefault(probe, new float[0]);
        float[] some = new float[Math.ceilDiv(all.length / width, every) * width];
        for (int token = 0; token * every < all.length / width; token++) {
            System.arraycopy(all, token * every * width, some, token * width, width);
        }
        return Comparison.of(name, some, golden.floats(name), Tolerance.NETWORK);
    }

    /** The schedule of a component folder. */
    static FlowMatchSchedule schedule(Path scheduler) {
        return FlowMatchSchedule.read(ConfigFile.read(scheduler.resolve("scheduler_config.json")));
    }

    static FlowMatchSchedule schedule(JsonNode config) {
        return FlowMatchSchedule.read(ConfigFile.parse("scheduler golden", config.toString()));
    }

    /** Compares shift, noise levels and timesteps for the steps and tokens of a row. */
    static void schedule(List<Comparison> results, String of, FlowMatchSchedule schedule, JsonNode row) {
        int steps = row.path("steps").asInt();
        int tokens = row.path("image_seq_len").asInt(row.path("image_tokens").asInt());
        String label = of + steps + " steps, " + tokens + " tokens: ";
        results.add(Comparison.of(
                label + "mu",
                new double[] {schedule.mu(tokens, steps)},
                new double[] {row.path("mu").asDouble()},
                Tolerance.SIGMAS));
        if (row.path("sigmas").path(0).isTextual()) {
            return; // the reference divides 0 by 0 where one step is to be stretched
        }
        double[] sigmas = schedule.sigmas(steps, tokens);
        double[] timesteps =
                Arrays.stream(sigmas).limit(steps).map(sigma -> 1000 * sigma).toArray();
        results.add(
                Comparison.of(label + "sigmas", sigmas, GoldenValues.doubles(row.path("sigmas")), Tolerance.SIGMAS));
        results.add(Comparison.of(
                label + "timesteps", timesteps, GoldenValues.doubles(row.path("timesteps")), Tolerance.TIMESTEPS));
    }
}
