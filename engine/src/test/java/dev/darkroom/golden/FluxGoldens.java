package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.flux.FluxNetworks;
import dev.darkroom.flux.KontextSizes;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.image.PilResize;
import dev.darkroom.job.Size;
import dev.darkroom.tensor.Scope;
import dev.darkroom.text.tokenizer.ClipTokenizer;
import dev.darkroom.text.tokenizer.T5Tokenizer;
import dev.darkroom.vae.ImageProcessor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The goldens of FLUX.1. */
final class FluxGoldens {
    static final GoldenFamily FAMILY = new GoldenFamily(
            "flux",
            Pattern.compile("\\bFlux(Kontext|Fill|)(Pipeline|Transformer2DModel)\\b"),
            "Flux(?!2)",
            "dev",
            Map.of(
                    "tokenizers", FluxGoldens::tokenizers,
                    "scheduler", GoldenFamily::schedules,
                    "kontext_resolutions", FluxGoldens::kontextResolutions,
                    "image_preprocess", FluxGoldens::imagePreprocess,
                    "clip_text",
                            file -> file.network("text_encoder", FluxNetworks::textEncoder, FluxNetworkGoldens::clip),
                    "t5_encoder",
                            file -> file.network("text_encoder_2", FluxNetworks::textEncoder2, FluxNetworkGoldens::t5),
                    "vae_decode", file -> file.network("vae", FluxNetworks::vae, NetworkGoldens::decode),
                    "vae_encode", file -> file.network("vae", FluxNetworks::vae, NetworkGoldens::encode),
                    "transformer",
                            file -> file.network(
                                    "transformer", FluxNetworks::transformer, FluxNetworkGoldens::transformer),
                    "pipeline", file -> file.pipeline(FluxPipelineGoldens::compare)));

    private FluxGoldens() {}

    /** Every checkpoint whose tokenizers agree, at least one. */
    private static List<Comparison> tokenizers(GoldenFile file) {
        JsonNode rows = file.json();
        List<List<Comparison>> all = file.checkpoints().with("tokenizer_2").stream()
                .map(checkpoint -> tokenizers(rows, checkpoint))
                .toList();
        List<Comparison> agreeing = all.stream()
                .filter(results -> results.stream().allMatch(Comparison::passes))
                .flatMap(List::stream)
                .toList();
        return agreeing.isEmpty() && !all.isEmpty() ? all.getFirst() : agreeing;
    }

    private static List<Comparison> tokenizers(JsonNode rows, Path checkpoint) {
        ClipTokenizer clip = ClipTokenizer.read(checkpoint.resolve("tokenizer"), 77);
        T5Tokenizer t5 = T5Tokenizer.read(checkpoint.resolve("tokenizer_2"));
        List<Comparison> results = new ArrayList<>();
        for (JsonNode row : rows) {
            String text = row.path("text").asText();
            row.properties().forEach(field -> {
                String label = checkpoint.getFileName() + " " + field.getKey() + " of '" + text + "'";
                String length = field.getKey().replaceAll(".*_", "");
                if (field.getKey().startsWith("clip_ids")) {
                    results.add(Comparison.equal(
                            label, GoldenValues.list(clip.encode(text)), GoldenValues.list(field.getValue())));
                } else if (field.getKey().startsWith("t5_ids")) {
                    results.add(Comparison.equal(
                            label,
                            GoldenValues.list(t5.encode(text, Integer.parseInt(length))),
                            GoldenValues.list(field.getValue())));
                }
            });
        }
        return results;
    }

    private static List<Comparison> kontextResolutions(GoldenFile file) {
        JsonNode rules = file.json();
        List<Comparison> results = new ArrayList<>();
        for (JsonNode row : rules.path("reference_image")) {
            results.add(Comparison.equal(
                    "reference " + row.path("image_wh"),
                    KontextSizes.STANDARD.reference(GoldenValues.size(row.path("image_wh"))),
                    GoldenValues.size(row.path("resized_wh"))));
        }
        for (JsonNode row : rules.path("output_size")) {
            results.add(Comparison.equal(
                    "output " + row.path("requested_wh"),
                    KontextSizes.STANDARD.generated(GoldenValues.size(row.path("requested_wh"))),
                    GoldenValues.size(row.path("output_wh"))));
        }
        return results;
    }

    private static List<Comparison> imagePreprocess(GoldenFile file) {
        GoldenTensors golden = file.tensors();
        List<Comparison> results = new ArrayList<>();
        for (int i = 0; golden.has("case" + i + ".in"); i++) {
            String name = "case" + i;
            Size size = GoldenValues.size(file.params().path("cases").path(i).path("out_wh"));
            var in = golden.picture(name + ".in");
            results.add(Comparison.of(
                    name + ".resized",
                    GoldenValues.levels(PilResize.LANCZOS.apply(in, size).rgb()),
                    golden.floats(name + ".resized"),
                    Tolerance.EXACT));
            results.add(Comparison.of(
                    name + ".bicubic",
                    GoldenValues.levels(PilResize.BICUBIC.apply(in, size).rgb()),
                    golden.floats(name + ".bicubic"),
                    Tolerance.EXACT));
            try (var scope = Scope.open("preprocess")) {
                float[] out = ImageProcessor.preprocess(in, size, GoldenTensors.DEVICE)
                        .toFloats();
                results.add(Comparison.of(name + ".out", out, golden.floats(name + ".out"), Tolerance.NETWORK));
            }
        }
        return results;
    }
}
