package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.animation.curve.Curve;
import dev.darkroom.animation.curve.Interpolation;
import dev.darkroom.animation.curve.Span;
import dev.darkroom.animation.curve.TextCurve;
import dev.darkroom.animation.seed.SeedBehavior;
import dev.darkroom.animation.seed.Seeds;
import dev.darkroom.golden.Comparison.Tolerance;
import dev.darkroom.job.JobException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** The goldens of Deforum's settings: what changes with the frame, and the order of the frames. */
final class DeforumGoldens {
    static final GoldenFamily FAMILY =
            new GoldenFamily("deforum", Pattern.compile("\\bsd-webui-deforum\\b"), "Deforum", "deforum", kinds());

    static final Tolerance SCHEDULES = new Tolerance(1e-9, Double.POSITIVE_INFINITY);
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    /** What a string means nothing for, in whichever grammar: it must be refused. Others are only written as the original will not have it. */
    private static final Set<String> MEANINGLESS =
            Set.of("KeyError", "NameError", "TypeError", "UnboundLocalError", "ZeroDivisionError");

    private DeforumGoldens() {}

    /** Comparisons by how a file's name begins. */
    static Map<String, Function<GoldenFile, List<Comparison>>> kinds() {
        Map<String, Function<GoldenFile, List<Comparison>>> kinds = new HashMap<>(DeforumFrameGoldens.kinds());
        kinds.put("schedules", DeforumGoldens::schedules);
        kinds.put("prompts", DeforumPromptGoldens::compare);
        kinds.put("seeds", DeforumGoldens::seeds);
        kinds.put("cadence_trace", DeforumCadenceGoldens::compare);
        return kinds;
    }

    /** Compares with the webui extension's grammar, and with the classic one where that raises. */
    private static List<Comparison> schedules(GoldenFile file) {
        List<Comparison> results = new ArrayList<>();
        for (JsonNode row : file.json()) {
            JsonNode expected = row.has("webui") ? row.path("webui") : row.path("classic");
            String what = row.path("schedule").asText() + " "
                    + row.path("interp_method").asText("");
            try {
                results.add(
                        row.path("is_single_string").asBoolean()
                                ? texts(what, row, expected)
                                : row(what, row, expected));
            } catch (JobException e) {
                results.add(Comparison.equal(what + ": " + e.getMessage(), mayRefuse(row), true));
            }
        }
        return results;
    }

    /** What the extension raises for may be refused, unless only its commas were in the way. */
    private static boolean mayRefuse(JsonNode row) {
        boolean isOfCommas = row.path("webui_error").asText().equals("IndexError") && row.has("classic");
        return !row.has("webui") && !isOfCommas;
    }

    private static Comparison row(String what, JsonNode row, JsonNode expected) {
        Interpolation between =
                Interpolation.valueOf(row.path("interp_method").asText("Linear").toUpperCase(Locale.ROOT));
        double[] values =
                Curve.parse("zoom", row.path("schedule").asText(), span(row)).values(between);
        if (expected.isMissingNode()) {
            boolean isMeaningless = MEANINGLESS.contains(row.path("webui_error").asText())
                    || MEANINGLESS.contains(row.path("classic_error").asText());
            return Comparison.equal(what + " has values", isMeaningless, false);
        }
        return Comparison.of(what, values, GoldenValues.doubles(expected), SCHEDULES);
    }

    private static Comparison texts(String what, JsonNode row, JsonNode expected) {
        List<String> texts =
                TextCurve.parse("sampler_schedule", row.path("schedule").asText(), span(row));
        return Comparison.equal(
                what,
                texts,
                StreamSupport.stream(expected.spliterator(), false)
                        .map(JsonNode::asText)
                        .toList());
    }

    private static Span span(JsonNode row) {
        return new Span(row.path("max_frames").asInt(), row.path("seed").asLong());
    }

    private static List<Comparison> seeds(GoldenFile file) {
        List<Comparison> results = new ArrayList<>();
        file.json().properties().forEach(run -> {
            List<Long> expected = GoldenValues.list(run.getValue());
            List<Integer> words = numbers(run.getKey());
            var seeds = new Seeds(
                    SeedBehavior.called(run.getKey().replaceAll("\\W.*", "")).orElseThrow(),
                    expected.getFirst(),
                    words.isEmpty() ? 1 : words.getFirst(),
                    List.of());
            long[] actual = seeds.of(IntStream.range(0, expected.size()).toArray());
            results.add(
                    Comparison.equal(run.getKey(), Arrays.stream(actual).boxed().toList(), expected));
        });
        return results;
    }

    /** The whole numbers in a name such as {@code max_frames=7,cadence=2}. */
    static List<Integer> numbers(String name) {
        return NUMBER.matcher(name)
                .results()
                .map(MatchResult::group)
                .map(Integer::valueOf)
                .toList();
    }
}
