package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.diffusion.Checkpoint;
import dev.darkroom.diffusion.PromptKey;
import dev.darkroom.diffusion.StepCache;
import dev.darkroom.diffusion.TokenGrid;
import dev.darkroom.flux.FluxNetworks;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Progress;
import dev.darkroom.longcat.LongCatCheckpoint;
import dev.darkroom.longcat.LongCatEdits;
import dev.darkroom.longcat.LongCatNetworks;
import dev.darkroom.longcat.LongCatPromptEncoder;
import dev.darkroom.longcat.LongCatTransformer;
import dev.darkroom.longcat.Quotation;
import dev.darkroom.longcat.Template;
import dev.darkroom.mmdit.Positions;
import dev.darkroom.model.Demand;
import dev.darkroom.sight.Reference;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.text.PatchGrid;
import dev.darkroom.text.tokenizer.Qwen2Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The goldens of LongCat-Image. */
final class LongCatGoldens {
    /** Tokens behind a prompt in the reference, whose states nobody reads. */
    private static final int SUFFIX = 5;

    static final GoldenFamily FAMILY = new GoldenFamily(
            "longcat",
            Pattern.compile("\\bLongCatImage(Edit|)(Pipeline|Transformer2DModel)\\b"),
            "LongCatImage",
            "image",
            Map.of(
                    "tokenizers",
                    LongCatGoldens::tokenizers,
                    "sizes",
                    LongCatGoldens::sizes,
                    "scheduler",
                    GoldenFamily::schedules,
                    "encoder",
                    LongCatGoldens::encoder,
                    "vae_decode",
                    file -> file.network("vae", FluxNetworks::vae, NetworkGoldens::decode),
                    "vae_encode",
                    file -> file.network("vae", FluxNetworks::vae, NetworkGoldens::encode),
                    "transformer",
                    LongCatGoldens::transformer,
                    "pipeline",
                    file -> file.pipeline(LongCatPipelineGoldens::compare)));

    private LongCatGoldens() {}

    private static List<Comparison> tokenizers(GoldenFile file) {
        JsonNode golden = file.json();
        return file.component("tokenizer", folder -> {
            Qwen2Tokenizer tokenizer = Qwen2Tokenizer.read(folder);
            List<Comparison> results = new ArrayList<>();
            for (JsonNode row : golden.path("prompts")) {
                String prompt = row.path("prompt").asText();
                List<Quotation.Part> parts = new ArrayList<>();
                row.path("parts")
                        .forEach(part -> parts.add(new Quotation.Part(
                                part.path(0).asText(), part.path(1).asBoolean())));
                results.add(Comparison.equal("parts of '" + prompt + "'", Quotation.parts(prompt), parts));
                results.add(Comparison.equal(
                        "ids of '" + prompt + "'",
                        parts.stream()
                                .flatMap(part -> part.pieces().stream())
                                .flatMap(piece -> GoldenValues.list(tokenizer.encode(piece)).stream())
                                .toList(),
                        GoldenValues.list(row.path("ids"))));
            }
            for (Template template : Template.values()) {
                JsonNode prefix = golden.path(template == Template.TEXT ? "prefix_t2i" : "prefix_edit");
                results.add(Comparison.equal(
                        template + " text",
                        template.prefix(),
                        prefix.path("text").asText()));
                results.add(Comparison.equal(
                        template + " ids",
                        GoldenValues.list(tokenizer.encode(template.prefix())),
                        GoldenValues.list(prefix.path("ids"))));
            }
            return results;
        });
    }

    private static List<Comparison> sizes(GoldenFile file) {
        JsonNode rows = file.json();
        return file.component("vae", folder -> {
            try (var files = new Checkpoint("golden", folder.getParent())) {
                LongCatCheckpoint checkpoint = LongCatNetworks.checkpoint(files);
                var edits = new LongCatEdits(1024 * 1024, false);
                List<Comparison> results = new ArrayList<>();
                for (JsonNode row : rows) {
                    var image = GoldenValues.size(row.path("image"));
                    Reference reference = edits.reference(Picture.black(image));
                    PatchGrid grid = checkpoint.promptEncoder().sight().grid(reference);
                    results.add(Comparison.equal(
                            "size of " + image, edits.generated(image), GoldenValues.size(row.path("size"))));
                    results.add(Comparison.equal(
                            "vl_image of " + image,
                            reference.condition().size(),
                            GoldenValues.size(row.path("vl_image"))));
                    results.add(Comparison.equal(
                            "grid of " + image,
                            List.of((long) grid.rows(), (long) grid.columns()),
                            GoldenValues.list(row.path("grid_hw"))));
                    results.add(Comparison.equal(
                            "tokens of " + image,
                            grid.tokens(),
                            row.path("image_tokens").asInt()));
                }
                return results;
            }
        });
    }

    /** The text encoder with the padding of a sequence of that length, and with what it sees of a picture. */
    private static List<Comparison> encoder(GoldenFile file) {
        GoldenTensors golden = file.tensors();
        return file.component("text_encoder", folder -> {
            try (var scope = Scope.open("golden");
                    var files = new Checkpoint("golden", folder.getParent())) {
                LongCatCheckpoint checkpoint = LongCatNetworks.checkpoint(files);
                PipelineGoldens.RESIDENCY.prepare(files.networks(), Demand.NONE, Progress.NONE);
                LongCatPromptEncoder encoder = checkpoint.promptEncoder();
                List<Comparison> results = new ArrayList<>();
                List<Reference> references = new ArrayList<>();
                if (golden.has("in.vl_image_uint8")) {
                    Picture picture = golden.picture("in.vl_image_uint8");
                    references.add(Reference.of(picture, picture.size(), picture.size()));
                    vision(results, encoder, references.getFirst(), golden);
                }
                int length = file.params().path("tokenizer_max_length").asInt();
                List<float[]> embeds = new ArrayList<>();
                for (JsonNode prompt : file.params().path("prompts")) {
                    ids(results, encoder, prompt.asText(), references, golden, "in.", embeds.size());
                    var key = new PromptKey("", prompt.asText(), length, List.of(), "");
                    embeds.add(encoder.encode(key, references).toFloats());
                }
                results.add(Comparison.of(
                        "out.prompt_embeds",
                        GoldenValues.join(embeds),
                        golden.floats("out.prompt_embeds"),
                        Tolerance.NETWORK));
                return results;
            }
        });
    }

    private static void vision(
            List<Comparison> results, LongCatPromptEncoder encoder, Reference reference, GoldenTensors golden) {
        results.add(Comparison.of(
                "mid.pixel_values",
                encoder.sight()
                        .processor()
                        .prepare(reference.at(reference.condition()))
                        .pixelValues()
                        .toFloats(),
                golden.floats("mid.pixel_values"),
                Tolerance.SIGMAS));
        results.add(Comparison.of(
                "mid.vision_out",
                encoder.sight().of(reference, "").toFloats(),
                golden.floats("mid.vision_out"),
                Tolerance.NETWORK));
    }

    /** Compares the ids of one prompt, which have no padding and no end here. */
    static void ids(
            List<Comparison> results,
            LongCatPromptEncoder encoder,
            String prompt,
            List<Reference> references,
            GoldenTensors golden,
            String prefix,
            int row) {
        int length = (int) golden.shape(prefix + "input_ids")[1];
        long[] ids = golden.longs(prefix + "input_ids");
        long[] mask = golden.longs(prefix + "attention_mask");
        List<Long> real = new ArrayList<>();
        for (int i = row * length; i < (row + 1) * length - SUFFIX; i++) {
            real.addAll(mask[i] == 0 ? List.of() : List.of(ids[i]));
        }
        List<Long> ours = new ArrayList<>(GoldenValues.list(
                encoder.prefix(references.stream().map(encoder.sight()::grid).toList())));
        ours.addAll(GoldenValues.list(encoder.ids(prompt)));
        results.add(Comparison.equal(prefix + "input_ids of '" + prompt + "'", ours, real));
    }

    private static List<Comparison> transformer(GoldenFile file) {
        JsonNode grid = file.params().path("grid_hw");
        int text = file.params().path("text").asInt();
        return file.network(
                "transformer",
                LongCatNetworks::transformer,
                (results, transformer, golden) -> transformer(
                        results,
                        transformer,
                        new TokenGrid(grid.path(0).asInt(), grid.path(1).asInt()),
                        text,
                        file.params().path("start").asInt(),
                        golden));
    }

    private static void transformer(
            List<Comparison> results,
            LongCatTransformer transformer,
            TokenGrid grid,
            int text,
            int start,
            GoldenTensors golden) {
        int pictures = (int) golden.shape("in.hidden_states")[1] / grid.tokens();
        var positions = new Positions().text(text);
        IntStream.rangeClosed(1, pictures).forEach(picture -> positions.image(picture, start, grid));
        results.add(Comparison.of(
                "ids",
                positions.ids().toFloats(),
                GoldenValues.join(List.of(golden.floats("in.txt_ids"), golden.floats("in.img_ids"))),
                Tolerance.EXACT));
        Tensor rope = positions.rope(transformer.config(), GoldenTensors.DEVICE);
        Map<String, float[]> seen = NetworkGoldens.forward(
                results,
                golden,
                "out.sample",
                () -> transformer
                        .blocks()
                        .forward(
                                golden.tensor("in.hidden_states"),
                                golden.tensor("in.encoder_hidden_states"),
                                transformer.conditioning(
                                        golden.tensor("in.timestep").reshape(1, -1)),
                                rope,
                                StepCache.none()));
        for (int i = 0; golden.has("mid.single." + i + ".1"); i++) {
            String name = "mid.single." + i;
            float[] joint = Tensor.cat(1, golden.tensor(name + ".0"), golden.tensor(name + ".1"))
                    .toFloats();
            results.add(Comparison.of(name, seen.get("single." + i), joint, Tolerance.NETWORK));
        }
    }
}
