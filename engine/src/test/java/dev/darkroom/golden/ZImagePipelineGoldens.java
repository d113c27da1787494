package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.diffusion.Run;
import dev.darkroom.diffusion.StepCache;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.Timings;
import dev.darkroom.model.Demand;
import dev.darkroom.model.Sources;
import dev.darkroom.schedule.Noise;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Operators;
import dev.darkroom.tensor.Probe;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.vae.LatentPacking;
import dev.darkroom.zimage.ZImageCheckpoint;
import dev.darkroom.zimage.ZImageGuiding;
import dev.darkroom.zimage.ZImagePipeline;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Goldens of Z-Image's pipelines: tokens, embeds, the passes of every step, every step, the picture. */
final class ZImagePipelineGoldens {
    private static final Pattern LATENTS = Pattern.compile("step\\.(\\d+)\\.latents");
    private static final Pattern TOKENS =
            Pattern.compile("(step\\.\\d+\\.((negative_)?model_out|latents)|(mid\\.image_|out\\.)latents)(_packed)?");

    private ZImagePipelineGoldens() {}

    static List<Comparison> compare(GoldenFile.Components components, JsonNode params, GoldenTensors golden) {
        try (var scope = Scope.open("golden");
                var files = new Checkpoint("golden", components::folder)) {
            var guiding = new ZImageGuiding(
                    params.path("cfg_normalization").asDouble(0),
                    params.path("cfg_truncation").asDouble(1));
            ZImageCheckpoint checkpoint = ZImageCheckpoint.of(files, guiding);
            PipelineGoldens.RESIDENCY.prepare(files.networks(), Demand.NONE, Progress.NONE);
            Run run = run(params, golden);
            List<Comparison> results = new ArrayList<>();
            tokens(results, checkpoint, run, golden);
            PipelineGoldens.sigmas(results, run, golden);
            noise(results, params, golden);
            results.addAll(steps(run, params, golden, Probe.record(() -> generate(checkpoint, run, golden))));
            return results;
        }
    }

    private static Run run(JsonNode params, GoldenTensors golden) {
        long[] noise = golden.shape("in.noise");
        double guidance = params.path("guidance_scale").asDouble();
        return new Run(
                params.path("prompt").asText(),
                guidance > 0 ? params.path("negative_prompt").asText("") : null,
                new Size((int) (8 * noise[3]), (int) (8 * noise[2])),
                params.path("num_inference_steps").asInt(),
                null,
                guidance + 1,
                params.has("strength") ? params.path("strength").asDouble() : null,
                params.path("max_sequence_length").asInt(512),
                ZImageGoldens.schedule(params.path("shift").asDouble()),
                "",
                StepCache.OFF);
    }

    private static void tokens(List<Comparison> results, ZImageCheckpoint checkpoint, Run run, GoldenTensors golden) {
        tokens(results, checkpoint, "in.", run.prompt(), run, golden);
        tokens(results, checkpoint, "in.negative_", run.negativePrompt(), run, golden);
    }

    private static void tokens(
            List<Comparison> results,
            ZImageCheckpoint checkpoint,
            String of,
            @Nullable String prompt,
            Run run,
            GoldenTensors golden) {
        if (prompt != null) {
            int real = (int) Arrays.stream(golden.longs(of + "attention_mask")).sum();
            results.add(Comparison.equal(
                    of + "input_ids",
                    GoldenValues.list(checkpoint.promptEncoder().ids(prompt, run.maxSequenceLength())),
                    GoldenValues.list(Arrays.copyOf(golden.longs(of + "input_ids"), real))));
        }
    }

    /** The numbers of the seed: of the picture to start from first, if there is one. */
    private static void noise(List<Comparison> results, JsonNode params, GoldenTensors golden) {
        List<String> names = golden.has("in.vae_eps") ? List.of("in.vae_eps", "in.noise") : List.of("in.noise");
        List<Tensor> drawn = Operators.randn(
                params.path("noise_seed").asLong(),
                DType.FLOAT32,
                names.stream().map(golden::shape).toArray(long[][]::new));
        for (int i = 0; i < names.size(); i++) {
            results.add(Comparison.of(
                    names.get(i), drawn.get(i).toFloats(), golden.floats(names.get(i)), Tolerance.SIGMAS));
        }
    }

    /** Compares what probes saw, tokens as the pictures that they stand for, and how many passes each step took. */
    private static List<Comparison> steps(Run run, JsonNode params, GoldenTensors golden, Map<String, float[]> seen) {
        List<Comparison> results = new ArrayList<>();
        Map<String, float[]> named = new LinkedHashMap<>();
        seen.forEach((name, values) ->
                named.put(name(name, run), TOKENS.matcher(name).matches() ? unpacked(values, run) : values));
        golden.compare(results, named, "", Tolerance.PIPELINE);
        for (int i = 0; golden.has("step." + i + ".model_out"); i++) {
            List<float[]> passes = new ArrayList<>();
            passes.add(seen.get("step." + i + ".model_out"));
            if (seen.containsKey("step." + i + ".negative_model_out")) {
                passes.add(seen.get("step." + i + ".negative_model_out"));
            }
            results.add(Comparison.equal(
                    "passes of step " + i,
                    passes.size(),
                    params.path("passes_per_step").path(i).asInt()));
            results.add(Comparison.of(
                    "passes of step " + i,
                    GoldenValues.join(
                            passes.stream().map(values -> unpacked(values, run)).toList()),
                    golden.floats("step." + i + ".model_out"),
                    MODEL_OUT));
        }
        return results;
    }

    /** One ulp of a noise level is multiplied by 1000. */
    private static final Tolerance MODEL_OUT = Tolerance.float32(1e-3, 1e-4);

    /** The name that the reference has for a point: it counts the steps that are taken. */
    private static String name(String probe, Run run) {
        Matcher step = LATENTS.matcher(probe);
        if (step.matches()) {
            return "step." + (Integer.parseInt(step.group(1)) - run.firstStep()) + ".latents";
        }
        return probe.contains("model_out") ? "" : probe.replace("_packed", "");
    }

    private static float[] unpacked(float[] tokens, Run run) {
        try (var scope = Scope.open("unpack")) {
            Tensor packed = Tensor.of(
                    tokens, 1, run.grid().tokens(), tokens.length / run.grid().tokens());
            return LatentPacking.unpack(
                            packed, run.grid().latentHeight(), run.grid().latentWidth(), ZImageGoldens.ORDER)
                    .toFloats();
        }
    }

    private static void generate(ZImageCheckpoint checkpoint, Run run, GoldenTensors golden) {
        Tensor noise = golden.tensor("in.noise");
        boolean starts = golden.has("in.image_uint8");
        Picture mask = golden.has("in.mask_uint8") ? golden.picture("in.mask_uint8") : null;
        Sources sources =
                starts ? new Sources(List.of(golden.picture("in.image_uint8")), mask, List.of()) : Sources.NONE;
        Noise draws = shapes -> starts ? List.of(golden.tensor("in.vae_eps"), noise) : List.of(noise);
        new ZImagePipeline(checkpoint).generate(run, sources, draws, Progress.NONE, new Timings());
    }
}
