package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.tensor.Probe;
import dev.darkroom.text.Qwen3Encoder;
import dev.darkroom.text.tokenizer.PaddedIds;
import dev.darkroom.text.tokenizer.Qwen2Tokenizer;
import dev.darkroom.text.tokenizer.Qwen3Chat;
import dev.darkroom.weights.Loaded;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.Weights;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Goldens of Qwen3 as a text encoder: of a prompt with its padding, and of real tokens alone. */
final class Qwen3Goldens {
    private Qwen3Goldens() {}

    /** Prompts that are padded, states after several layers side by side, and the tokens that their texts make. */
    static List<Comparison> padded(GoldenFile file) {
        JsonNode params = file.params();
        List<Integer> after = new ArrayList<>();
        params.path("out_layers").forEach(layer -> after.add(layer.asInt()));
        List<Comparison> results = new ArrayList<>(texts(file));
        results.addAll(file.network(
                "text_encoder",
                (folder, placement) -> encoder(folder, placement, layers -> after),
                (compared, encoder, golden) -> {
                    int length = (int) golden.shape("in.input_ids")[1];
                    for (int i = 0; i < golden.shape("in.input_ids")[0]; i++) {
                        long[] ids = row(golden, "in.input_ids", i);
                        int real = (int) LongStream.of(row(golden, "in.attention_mask", i))
                                .sum();
                        row(compared, golden, encoder, ids, real, i, length);
                    }
                }));
        return results;
    }

    /** Real tokens alone, states after the last layer but one. */
    static List<Comparison> real(GoldenFile file) {
        List<Comparison> results = new ArrayList<>(texts(file));
        results.addAll(file.network(
                "text_encoder",
                (folder, placement) -> encoder(folder, placement, layers -> List.of(layers - 1)),
                (compared, encoder, golden) -> {
                    for (int i = 0; i < golden.shape("in.input_ids")[0]; i++) {
                        int real = (int) LongStream.of(row(golden, "in.attention_mask", i))
                                .sum();
                        long[] ids = Arrays.copyOf(row(golden, "in.input_ids", i), real);
                        row(compared, golden, encoder, ids, real, i, real);
                    }
                }));
        return results;
    }

    /** Compares one prompt: what probes see, and the result, as far as {@code compared} rows of it. */
    private static void row(
            List<Comparison> results,
            GoldenTensors golden,
            Qwen3Encoder encoder,
            long[] ids,
            int real,
            int prompt,
            int rows) {
        float[][] embeds = new float[1][];
        Map<String, float[]> seen = Probe.record(
                () -> embeds[0] = encoder.encode(new PaddedIds(ids, real)).toFloats());
        seen.forEach((name, values) -> {
            if (golden.has("mid." + name)) {
                results.add(Comparison.of(
                        "mid." + name + " of prompt " + prompt,
                        values,
                        rows(golden, "mid." + name, prompt, rows),
                        Tolerance.NETWORK));
            }
        });
        float[] expected = golden.has("out.prompt_embeds")
                ? rows(golden, "out.prompt_embeds", prompt, rows)
                : golden.floats("out.prompt_embeds." + prompt);
        results.add(Comparison.of("out.prompt_embeds of prompt " + prompt, embeds[0], expected, Tolerance.NETWORK));
    }

    /** The texts of a manifest entry as ids, where it has texts of prompts in their chats. */
    private static List<Comparison> texts(GoldenFile file) {
        return file.component("tokenizer", folder -> {
            Qwen2Tokenizer tokenizer = Qwen2Tokenizer.readChat(folder);
            GoldenTensors golden = file.tensors();
            List<Comparison> results = new ArrayList<>();
            int prompt = 0;
            for (JsonNode text : file.params().path("texts")) {
                long[] expected = row(golden, "in.input_ids", prompt++);
                String message =
                        text.asText().replaceAll("(?s)^<\\|im_start\\|>user\n|<\\|im_end\\|>\n<\\|im_start.*$", "");
                Qwen3Chat chat =
                        text.asText().endsWith("</think>\n\n") ? Qwen3Chat.WITHOUT_THOUGHTS : Qwen3Chat.THINKING;
                results.add(Comparison.equal("the chat", chat.around(message), text.asText()));
                results.add(Comparison.equal(
                        "ids of '" + message + "'",
                        GoldenValues.list(
                                chat.padded(tokenizer, message, expected.length).ids()),
                        GoldenValues.list(expected)));
            }
            return results;
        });
    }

    /** Prompts in Z-Image's chat: whole, and cut or padded to 24 tokens. */
    static List<Comparison> tokenizers(GoldenFile file) {
        return file.component("tokenizer", folder -> {
            Qwen2Tokenizer tokenizer = Qwen2Tokenizer.readChat(folder);
            List<Comparison> results = new ArrayList<>();
            for (JsonNode row : file.json()) {
                String prompt = row.path("prompt").asText();
                results.add(Comparison.equal(
                        "chat of '" + prompt + "'",
                        Qwen3Chat.THINKING.around(prompt),
                        row.path("text").asText()));
                results.add(Comparison.equal(
                        "ids of '" + prompt + "'",
                        GoldenValues.list(Qwen3Chat.THINKING.ids(tokenizer, prompt, Integer.MAX_VALUE)),
                        GoldenValues.list(row.path("ids"))));
                PaddedIds padded = Qwen3Chat.THINKING.padded(tokenizer, prompt, 24);
                results.add(Comparison.equal(
                        "24 ids of '" + prompt + "'",
                        GoldenValues.list(padded.ids()),
                        GoldenValues.list(row.path("ids_24"))));
                results.add(Comparison.equal(
                        "mask of '" + prompt + "'",
                        IntStream.range(0, 24)
                                .mapToObj(i -> i < padded.real() ? 1L : 0L)
                                .toList(),
                        GoldenValues.list(row.path("mask_24"))));
            }
            return results;
        });
    }

    static long[] row(GoldenTensors golden, String name, int row) {
        int length = (int) golden.shape(name)[1];
        return Arrays.copyOfRange(golden.longs(name), row * length, (row + 1) * length);
    }

    /** The first rows of one prompt's states, of {@code [B, S, D]}. */
    static float[] rows(GoldenTensors golden, String name, int prompt, int rows) {
        long[] shape = golden.shape(name);
        int start = (int) (prompt * shape[1] * shape[2]);
        return Arrays.copyOfRange(golden.floats(name), start, start + (int) (rows * shape[2]));
    }

    private static Loaded<Qwen3Encoder> encoder(Path folder, Placement placement, IntFunction<List<Integer>> after) {
        Qwen3Encoder.Config config = Qwen3Encoder.Config.read(folder, after);
        return Weights.load(folder, placement, w -> new Qwen3Encoder(config, w));
    }
}
