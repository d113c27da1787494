package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.animation.curve.Span;
import dev.darkroom.animation.prompt.Blend;
import dev.darkroom.animation.prompt.PromptAt;
import dev.darkroom.animation.prompt.Prompts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Prompts of frames, and of frames between two prompts. Blanks around a text, which the reference keeps, are no part of it. */
final class DeforumPromptGoldens {
    /** One text with its weight, as in {@code (a cat):0.75}. */
    private static final Pattern WEIGHTED =
            Pattern.compile("\\((.*?)\\):([-+.e\\d]+)(?= AND | --neg |$)", Pattern.DOTALL);

    /** What a formula gives that is no whole number: its last digits are the machine's, as those of a schedule are. */
    private static final Pattern DECIMAL = Pattern.compile("-?\\d+\\.\\d+(e[-+]\\d+)?");

    private DeforumPromptGoldens() {}

    static List<Comparison> compare(GoldenFile file) {
        List<Comparison> results = new ArrayList<>();
        for (JsonNode row : file.json().path("per_frame")) {
            String text = row.path("text").asText();
            int frame = row.path("frame").asInt();
            var prompts = Prompts.parse(
                    "prompts",
                    Map.of("0", text),
                    new Span(row.path("max_frames").asInt(), 0));
            var expected = new PromptAt(
                    row.path("positive").asText().strip(),
                    row.path("negative").asText().strip());
            results.add(Comparison.equal(text, words(prompts.at(frame)), words(expected)));
            results.add(Comparison.of(
                    text + " in numbers", numbers(prompts.at(frame)), numbers(expected), DeforumGoldens.SCHEDULES));
        }
        between(results, file.json().path("interpolation_mode"));
        return results;
    }

    private static String words(PromptAt prompt) {
        return DECIMAL.matcher(prompt.toString()).replaceAll("#");
    }

    private static double[] numbers(PromptAt prompt) {
        return DECIMAL.matcher(prompt.toString())
                .results()
                .mapToDouble(number -> Double.parseDouble(number.group()))
                .toArray();
    }

    /** The golden names no keys: those are the frames whose text is no composition. */
    private static void between(List<Comparison> results, JsonNode frames) {
        Map<String, String> keys = new LinkedHashMap<>();
        frames.properties().forEach(frame -> {
            String text = frame.getValue().asText();
            if (!WEIGHTED.matcher(text).find()) {
                keys.put(frame.getKey(), text);
            }
        });
        if (keys.isEmpty()) {
            return;
        }
        var prompts = Prompts.parse("prompts", keys, new Span(frames.size(), 0));
        frames.properties().forEach(frame -> {
            Blend blend = prompts.blendAt(Integer.parseInt(frame.getKey()));
            String text = frame.getValue().asText();
            results.add(Comparison.equal(
                    text,
                    keys.containsKey(frame.getKey()) ? plain(blend) : weighted(blend),
                    keys.containsKey(frame.getKey()) ? parts(text) : weights(text)));
        });
    }

    private static List<Object> plain(Blend blend) {
        return List.of(blend.from().positive(), blend.from().negative());
    }

    private static List<Object> parts(String text) {
        String[] parts = text.split("--neg", 2);
        return List.of(parts[0].strip(), parts.length > 1 ? parts[1].strip() : "");
    }

    private static List<Object> weighted(Blend blend) {
        List<Object> parts = new ArrayList<>();
        add(parts, blend.from().positive(), 1 - blend.weight());
        add(parts, blend.to().positive(), blend.weight());
        add(parts, blend.from().negative(), 1 - blend.weight());
        add(parts, blend.to().negative(), blend.weight());
        return parts;
    }

    /** What is empty is no part of the reference's composition. */
    private static void add(List<Object> parts, String text, double weight) {
        if (!text.isEmpty()) {
            parts.add(text);
            parts.add(weight);
        }
    }

    private static List<Object> weights(String text) {
        List<Object> parts = new ArrayList<>();
        Matcher weighted = WEIGHTED.matcher(text);
        while (weighted.find()) {
            add(parts, weighted.group(1).strip(), Double.parseDouble(weighted.group(2)));
        }
        return parts;
    }
}
