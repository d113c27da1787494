package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.tensor.Probe;
import dev.darkroom.text.MistralEncoder;
import dev.darkroom.text.tokenizer.MistralTokenizer;
import dev.darkroom.text.tokenizer.PaddedIds;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Goldens of Mistral as FLUX.2-dev's text encoder, whose prompts are padded in front. */
final class MistralGoldens {
    private static final List<Integer> AFTER = List.of(10, 20, 30);

    private MistralGoldens() {}

    static List<Comparison> tokenizers(GoldenFile file) {
        return file.component("tokenizer", folder -> {
            MistralTokenizer tokenizer = MistralTokenizer.read(folder);
            List<Comparison> results = new ArrayList<>();
            for (JsonNode row : file.json()) {
                String prompt = row.path("prompt").asText();
                results.add(Comparison.equal(
                        "chat of '" + prompt + "'",
                        MistralTokenizer.around(prompt),
                        row.path("text").asText()));
                results.add(Comparison.equal(
                        "ids of '" + prompt + "'",
                        GoldenValues.list(tokenizer.ids(prompt, Integer.MAX_VALUE)),
                        GoldenValues.list(row.path("ids"))));
                PaddedIds padded = tokenizer.padded(prompt, 64);
                results.add(Comparison.equal(
                        "64 ids of '" + prompt + "'",
                        GoldenValues.list(padded.ids()),
                        GoldenValues.list(row.path("ids_64"))));
                results.add(Comparison.equal(
                        "mask of '" + prompt + "'",
                        IntStream.range(0, 64)
                                .mapToObj(i -> i < padded.padding() ? 0L : 1L)
                                .toList(),
                        GoldenValues.list(row.path("mask_64"))));
            }
            return results;
        });
    }

    static List<Comparison> encoder(GoldenFile file) {
        return file.network("text_encoder", MistralGoldens::load, (results, encoder, golden) -> {
            for (int i = 0; i < golden.shape("in.input_ids")[0]; i++) {
                int real = (int) LongStream.of(Qwen3Goldens.row(golden, "in.attention_mask", i))
                        .sum();
                compare(results, golden, encoder, new PaddedIds(Qwen3Goldens.row(golden, "in.input_ids", i), real), i);
            }
        });
    }

    private static void compare(
            List<Comparison> results, GoldenTensors golden, MistralEncoder encoder, PaddedIds prompt, int row) {
        float[][] embeds = new float[1][];
        int length = prompt.ids().length;
        Map<String, float[]> seen =
                Probe.record(() -> embeds[0] = encoder.encode(prompt).toFloats());
        seen.forEach((name, values) -> {
            if (golden.has("mid." + name)) {
                float[] expected = Qwen3Goldens.rows(golden, "mid." + name, row, length);
                int width = expected.length / length;
                int first = Math.max(0, prompt.padding() - 1) * width; // one row of padding is computed
                results.add(Comparison.of(
                        "mid." + name + " of prompt " + row,
                        values,
                        Arrays.copyOfRange(expected, first, expected.length),
                        Tolerance.NETWORK));
            }
        });
        results.add(Comparison.of(
                "out.prompt_embeds of prompt " + row,
                embeds[0],
                Qwen3Goldens.rows(golden, "out.prompt_embeds", row, length),
                Tolerance.NETWORK));
    }

    private static Loaded<MistralEncoder> load(Path folder, Placement placement) {
        MistralEncoder.Config config = MistralEncoder.Config.read(folder, AFTER);
        return Weights.load(folder, placement, w -> new MistralEncoder(config, w));
    }
}
