package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.diffusion.Run;
import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.flux.FluxCheckpoint;
import dev.darkroom.flux.FluxFillPipeline;
import dev.darkroom.flux.FluxKontextPipeline;
import dev.darkroom.flux.FluxPipeline;
import dev.darkroom.flux.FluxPromptEncoder;
import dev.darkroom.flux.KontextSizes;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Size;
import dev.darkroom.job.Timings;
import dev.darkroom.model.Demand;
import dev.darkroom.model.Sources;
import dev.darkroom.schedule.Noise;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Goldens of FLUX.1's pipelines: tokens, embeds, every step, the picture. */
final class FluxPipelineGoldens {
    private FluxPipelineGoldens() {}

    /** A checkpoint with all of its networks in memory, as float32 on the CPU. */
    static FluxCheckpoint loaded(Checkpoint files) {
        FluxCheckpoint checkpoint = FluxCheckpoint.of(files);
        PipelineGoldens.RESIDENCY.prepare(files.networks(), Demand.NONE, Progress.NONE);
        return checkpoint;
    }

    static List<Comparison> compare(GoldenFile.Components components, JsonNode params, GoldenTensors golden) {
        try (var scope = Scope.open("golden");
                var files = new Checkpoint("golden", components::folder)) {
            FluxCheckpoint flux = loaded(files);
            Run run = PipelineGoldens.run(
                    params,
                    size(params, golden),
                    flux.config().guidanceEmbeds()
                            ? params.path("guidance_scale").asDouble()
                            : null,
                    components.folder("scheduler"));
            List<Comparison> results = new ArrayList<>();
            tokens(results, flux.promptEncoder(), run, golden);
            PipelineGoldens.compare(results, run, params, golden, () -> generate(flux, run, params, golden));
            return results;
        }
    }

    private static void tokens(List<Comparison> results, FluxPromptEncoder encoder, Run run, GoldenTensors golden) {
        if (golden.has("in.clip_ids")) {
            results.add(Comparison.equal(
                    "in.clip_ids",
                    GoldenValues.list(encoder.tokenizer().encode(run.prompt())),
                    GoldenValues.list(golden.longs("in.clip_ids"))));
            results.add(Comparison.equal(
                    "in.t5_ids",
                    GoldenValues.list(encoder.tokenizer2().encode(run.prompt(), run.maxSequenceLength())),
                    GoldenValues.list(golden.longs("in.t5_ids"))));
        }
    }

    private static void generate(FluxCheckpoint flux, Run run, JsonNode params, GoldenTensors golden) {
        Tensor noise = golden.tensor("in.noise");
        var timings = new Timings();
        if (golden.has("in.mask_uint8")) {
            Noise draws = shapes -> List.of(noise, noise, golden.tensor("in.vae_sample_eps"));
            var sources =
                    new Sources(List.of(golden.picture("in.image_uint8")), golden.picture("in.mask_uint8"), List.of());
            new FluxFillPipeline(flux).generate(run, sources, draws, Progress.NONE, timings);
        } else if (golden.has("in.image_uint8")) {
            var sources = new Sources(List.of(golden.picture("in.image_uint8")), null, List.of());
            new FluxKontextPipeline(flux, kontextSizes(params))
                    .generate(run, sources, shapes -> List.of(noise), Progress.NONE, timings);
        } else {
            Noise draws = params.has("noise_seed")
                    ? Noise.seeded(params.path("noise_seed").asLong(), DType.FLOAT32)
                    : shapes -> List.of(noise);
            new FluxPipeline(flux).generate(run, Sources.NONE, draws, Progress.NONE, timings);
        }
    }

    /** The size that the reference computed at, for the one that it was asked for. */
    private static Size size(JsonNode params, GoldenTensors golden) {
        Size asked = PipelineGoldens.size(params);
        boolean kontext = golden.has("in.image_uint8") && !golden.has("in.mask_uint8");
        return kontext ? kontextSizes(params).generated(asked) : asked.floorTo(TokenGrid.PIXELS);
    }

    private static KontextSizes kontextSizes(JsonNode params) {
        return new KontextSizes(
                params.path("max_area").asInt(1024 * 1024),
                params.path("auto_resize").asBoolean(true));
    }
}
