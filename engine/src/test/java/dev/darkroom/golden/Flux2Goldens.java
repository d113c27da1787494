package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.diffusion.StepCache;
import dev.darkroom.flux2.Flux2Networks;
import dev.darkroom.flux2.Flux2Positions;
import dev.darkroom.flux2.Flux2Transformer;
import dev.darkroom.flux2.ReferenceSizes;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Size;
import dev.darkroom.schedule.FlowMatchSchedule.MuRule;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.vae.AutoencoderKLFlux2;
import dev.darkroom.vae.LatentPacking;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The goldens of FLUX.2: of klein, and of dev. */
final class Flux2Goldens {
    static final GoldenFamily FAMILY = new GoldenFamily(
            "flux2",
            Pattern.compile("\\bFlux2KleinPipeline\\b"),
            "Flux2",
            "klein",
            Map.of(
                    "text_encoder", Qwen3Goldens::padded,
                    "scheduler", Flux2Goldens::schedules,
                    "vae_decode", file -> file.network("vae", Flux2Networks::vae, NetworkGoldens::decode),
                    "vae_encode", file -> file.network("vae", Flux2Networks::vae, Flux2Goldens::encode),
                    "transformer",
                            file -> file.network("transformer", Flux2Networks::transformer, Flux2Goldens::transformer),
                    "pipeline", file -> file.pipeline(Flux2PipelineGoldens::compare)));

    static final GoldenFamily DEV = new GoldenFamily(
            "flux2dev",
            Pattern.compile("\\bFlux2Pipeline\\b"),
            "Flux2Pipeline",
            "dev",
            Map.of(
                    "tokenizers", MistralGoldens::tokenizers,
                    "text_encoder", MistralGoldens::encoder,
                    "reference_sizes", Flux2Goldens::referenceSizes,
                    "scheduler", Flux2Goldens::schedules,
                    "pipeline", file -> file.pipeline(Flux2PipelineGoldens::compare)));

    private Flux2Goldens() {}

    private static List<Comparison> schedules(GoldenFile file) {
        List<Comparison> results = new ArrayList<>();
        var schedule = PipelineGoldens.schedule(file.checkpoints()
                        .with("scheduler", file.whole())
                        .getFirst()
                        .resolve("scheduler"))
                .by(MuRule.EMPIRICAL);
        file.json().forEach(row -> PipelineGoldens.schedule(results, "", schedule, row));
        return results;
    }

    private static List<Comparison> referenceSizes(GoldenFile file) {
        List<Comparison> results = new ArrayList<>();
        for (JsonNode row : file.json()) {
            Size image = GoldenValues.size(row.path("in"));
            results.add(Comparison.equal(
                    "what is seen of " + image,
                    seen(image),
                    row.has("error")
                            ? "refused"
                            : GoldenValues.size(row.path("cropped")).toString()));
        }
        return results;
    }

    private static String seen(Size image) {
        try {
            return ReferenceSizes.STANDARD.of(image).toString();
        } catch (JobException e) {
            return "refused";
        }
    }

    private static void encode(List<Comparison> results, AutoencoderKLFlux2 vae, GoldenTensors golden) {
        NetworkGoldens.encode(results, vae, golden);
        long[] shape = golden.shape("out.mean");
        Tensor scaled = vae.scale(golden.tensor("out.mean"));
        Tensor tokens = LatentPacking.pack(scaled); // [1, S, 4C]; the golden has the channels first
        results.add(Comparison.of(
                "out.patchified_normalised",
                tokens.permute(0, 2, 1).contiguous().toFloats(),
                golden.floats("out.patchified_normalised"),
                Tolerance.NETWORK));
        results.add(Comparison.of(
                "unscaled",
                vae.unscale(LatentPacking.unpack(tokens, shape[2], shape[3])).toFloats(),
                golden.floats("out.mean"),
                Tolerance.NETWORK));
    }

    private static void transformer(List<Comparison> results, Flux2Transformer transformer, GoldenTensors golden) {
        Tensor ids = Tensor.cat(0, ids(golden, "in.txt_ids"), ids(golden, "in.img_ids"));
        NetworkGoldens.forward(
                results,
                golden,
                "out.sample",
                () -> transformer
                        .blocks()
                        .forward(
                                golden.tensor("in.hidden_states"),
                                golden.tensor("in.encoder_hidden_states"),
                                transformer.conditioning(
                                        golden.tensor("in.timestep").reshape(1, -1),
                                        golden.has("in.guidance") ? golden.tensor("in.guidance") : null),
                                Flux2Positions.rope(ids, transformer.config()).to(GoldenTensors.DEVICE),
                                StepCache.none()));
    }

    /** Positions of one picture's tokens, which are those of all of the batch. */
    private static Tensor ids(GoldenTensors golden, String name) {
        long[] shape = golden.shape(name);
        return golden.tensor(name).narrow(0, 0, 1).reshape(shape[1], shape[2]);
    }
}
