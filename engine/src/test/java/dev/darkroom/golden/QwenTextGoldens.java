package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.job.Size;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.text.MropePositions;
import dev.darkroom.text.PatchGrid;
import dev.darkroom.text.Qwen25VlEncoder;
import dev.darkroom.text.Qwen2VlImageProcessor;
import dev.darkroom.text.SmartResize;
import dev.darkroom.text.VisionWindows;
import dev.darkroom.text.tokenizer.Qwen2Tokenizer;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Goldens of Qwen2.5-VL: its tokenizer, what happens to pictures before it, its vision tower and its language model. */
final class QwenTextGoldens {
    private static final int MULTIPLE = 28;

    private QwenTextGoldens() {}

    /** Every folder of the checkpoint that has a tokenizer, at least one. */
    static List<Comparison> tokenizers(GoldenFile file) {
        JsonNode rows = file.json();
        return file.component("processor", processor -> tokenizers(processor.getParent(), rows));
    }

    private static List<Comparison> tokenizers(Path checkpoint, JsonNode rows) {
        List<Comparison> results = new ArrayList<>();
        for (String name : List.of("tokenizer", "processor")) {
            if (Files.isDirectory(checkpoint.resolve(name))) {
                Qwen2Tokenizer tokenizer = Qwen2Tokenizer.read(checkpoint.resolve(name));
                for (JsonNode row : rows) {
                    String text = row.path("text").asText();
                    results.add(Comparison.equal(
                            name + " ids of '" + text + "'",
                            GoldenValues.list(tokenizer.encode(text)),
                            GoldenValues.list(row.path("ids"))));
                }
            }
        }
        return results;
    }

    /** The resizer that the reference takes by default, to the last bit but for the rounding of the normalisation. */
    static List<Comparison> imageProcessor(GoldenFile file) {
        return file.component("processor", folder -> imageProcessor(folder, file.tensors()));
    }

    private static List<Comparison> imageProcessor(Path folder, GoldenTensors golden) {
        Qwen2VlImageProcessor processor = Qwen2VlImageProcessor.read(folder);
        List<Comparison> results = new ArrayList<>();
        for (int i = 0; golden.has("case" + i + ".in_uint8"); i++) {
            String name = "case" + i;
            try (var scope = Scope.open("golden")) {
                Qwen2VlImageProcessor.Patches patches = processor.prepare(golden.picture(name + ".in_uint8"));
                results.add(Comparison.equal(
                        name + ".grid_thw",
                        List.of(1L, (long) patches.grid().rows(), (long)
                                patches.grid().columns()),
                        GoldenValues.list(golden.longs(name + ".grid_thw"))));
                String values =
                        name + (golden.has(name + ".pixel_values_fast") ? ".pixel_values_fast" : ".pixel_values");
                results.add(Comparison.of(
                        values, patches.pixelValues().toFloats(), golden.floats(values), Tolerance.SIGMAS));
            }
        }
        return results;
    }

    /** {@code rows} of {@code h}, {@code w} and {@code out_hw}, with the bounds that released checkpoints have. */
    static List<Comparison> smartResize(JsonNode rows) {
        var resize = new SmartResize(MULTIPLE, 56 * 56, 12_845_056);
        List<Comparison> results = new ArrayList<>();
        for (JsonNode row : rows) {
            Size in = new Size(row.path("w").asInt(), row.path("h").asInt());
            Size out = new Size(
                    row.path("out_hw").path(1).asInt(),
                    row.path("out_hw").path(0).asInt());
            results.add(Comparison.equal("smart_resize of " + in, resize.apply(in), out));
        }
        return results;
    }

    static void vision(List<Comparison> results, Qwen25VlEncoder encoder, GoldenTensors golden) {
        List<PatchGrid> grids = grids(encoder, golden, "in.image_grid_thw");
        windows(results, encoder.vision().windows(grids), golden);
        NetworkGoldens.forward(
                results,
                golden,
                "out.image_embeds",
                () -> encoder.imageEmbeds(golden.tensor("in.pixel_values"), grids));
    }

    private static void windows(List<Comparison> results, VisionWindows windows, GoldenTensors golden) {
        if (golden.has("mid.window_index")) {
            results.add(Comparison.equal(
                    "mid.window_index", windows.order(), GoldenValues.list(golden.longs("mid.window_index"))));
        }
        if (golden.has("mid.cu_window_seqlens")) {
            List<Long> ends = new ArrayList<>(List.of(0L));
            windows.windows().forEach(length -> ends.add(ends.getLast() + length));
            results.add(Comparison.equal(
                    "mid.cu_window_seqlens", ends, GoldenValues.list(golden.longs("mid.cu_window_seqlens"))));
        }
    }

    /** One prompt goes the way of a job; several of different length are padded, as only the reference does it. */
    static void llm(List<Comparison> results, Qwen25VlEncoder encoder, GoldenTensors golden) {
        boolean padded = Arrays.stream(golden.longs("in.attention_mask")).anyMatch(unmasked -> unmasked == 0);
        boolean several = golden.shape("in.input_ids")[0] > 1;
        Map<String, float[]> seen = NetworkGoldens.forward(
                results,
                golden,
                "out.hidden_states_last",
                () -> padded || several ? batch(encoder, golden) : single(encoder, golden));
        if (golden.has("mid.position_ids")) {
            results.add(Comparison.of(
                    "mid.position_ids",
                    seen.getOrDefault("position_ids", new float[0]),
                    golden.floats("mid.position_ids"),
                    Tolerance.EXACT));
        }
    }

    private static Tensor single(Qwen25VlEncoder encoder, GoldenTensors golden) {
        return encoder.encode(
                golden.longs("in.input_ids"),
                imageEmbeds(encoder, golden),
                grids(encoder, golden, "in.image_grid_thw"));
    }

    private static Tensor batch(Qwen25VlEncoder encoder, GoldenTensors golden) {
        long[] ids = golden.longs("in.input_ids");
        Tensor embeds = encoder.language().embed(golden.tensor("in.input_ids"));
        embeds = encoder.withImages(embeds, ids, imageEmbeds(encoder, golden));
        Tensor positions = positions(encoder, golden, ids);
        return encoder.language().forward(embeds, positions, golden.tensor("in.attention_mask"));
    }

    /** Positions count the tokens that are no padding; padding has position 1. */
    private static Tensor positions(Qwen25VlEncoder encoder, GoldenTensors golden, long[] ids) {
        long[] mask = golden.longs("in.attention_mask");
        int prompts = (int) golden.shape("in.input_ids")[0];
        int length = ids.length / prompts;
        List<PatchGrid> grids = new ArrayList<>(grids(encoder, golden, "in.image_grid_thw"));
        long imageToken = encoder.config().imageToken();
        long[] all = new long[3 * ids.length];
        Arrays.fill(all, 1);
        for (int prompt = 0; prompt < prompts; prompt++) {
            int start = prompt * length;
            int[] places = IntStream.range(start, start + length)
                    .filter(i -> mask[i] != 0)
                    .toArray();
            long[] own = Arrays.stream(places).mapToLong(i -> ids[i]).toArray();
            long[] positions = MropePositions.of(own, imageToken, take(grids, own, imageToken));
            for (int i = 0; i < positions.length; i++) {
                all[i / own.length * ids.length + places[i % own.length]] = positions[i];
            }
        }
        return Tensor.of(all, 3, prompts, length).to(GoldenTensors.DEVICE);
    }

    /** The next images, as many as the prompt has tokens of. */
    private static List<PatchGrid> take(List<PatchGrid> grids, long[] ids, long imageToken) {
        long tokens = Arrays.stream(ids).filter(id -> id == imageToken).count();
        List<PatchGrid> own = new ArrayList<>();
        while (tokens > 0) {
            own.add(grids.removeFirst());
            tokens -= own.getLast().tokens();
        }
        return own;
    }

    private static List<Tensor> imageEmbeds(Qwen25VlEncoder encoder, GoldenTensors golden) {
        return golden.has("in.pixel_values")
                ? List.of(encoder.imageEmbeds(
                        golden.tensor("in.pixel_values"), grids(encoder, golden, "in.image_grid_thw")))
                : List.of();
    }

    private static List<PatchGrid> grids(Qwen25VlEncoder encoder, GoldenTensors golden, String name) {
        if (!golden.has(name)) {
            return List.of();
        }
        long[] thw = golden.longs(name);
        int merge = encoder.config().vision().merge();
        return IntStream.range(0, thw.length / 3)
                .mapToObj(i -> new PatchGrid((int) thw[3 * i + 1], (int) thw[3 * i + 2], merge))
                .toList();
    }

    static Loaded<Qwen25VlEncoder> encoder(Path folder, Placement placement) {
        Qwen25VlEncoder.Config config = Qwen25VlEncoder.Config.read(folder);
        return Weights.load(folder, placement, w -> new Qwen25VlEncoder(config, w));
    }
}
