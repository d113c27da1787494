package dev.darkroom.golden;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.animation.cadence.Cadence;
import dev.darkroom.animation.cadence.CadenceStep;
import dev.darkroom.animation.cadence.CadenceStep.Between;
import dev.darkroom.animation.cadence.CadenceStep.Draw;
import dev.darkroom.animation.cadence.CadenceStep.Start;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.StreamSupport;

/** The order in which frames are drawn and put together. */
final class DeforumCadenceGoldens {
    private DeforumCadenceGoldens() {}

    static List<Comparison> compare(GoldenFile file) {
        List<Comparison> results = new ArrayList<>();
        file.json().properties().forEach(run -> {
            List<Integer> numbers = DeforumGoldens.numbers(run.getKey());
            var cadence = new Cadence(numbers.getFirst(), numbers.getLast());
            List<CadenceStep> expected = StreamSupport.stream(run.getValue().spliterator(), false)
                    .map(DeforumCadenceGoldens::step)
                    .toList();
            results.add(Comparison.equal(run.getKey(), cadence.steps(), expected));
            results.add(Comparison.equal(
                    run.getKey() + " frames",
                    (long) cadence.kept(),
                    expected.stream().filter(CadenceStep::isKept).count()));
        });
        return results;
    }

    private static CadenceStep step(JsonNode step) {
        int frame = step.path("frame").asInt();
        boolean isKept = step.path("saved").asBoolean();
        if (step.path("op").asText().equals("generate")) {
            return new Draw(frame, start(step.path("init_from").asText(""), frame), isKept);
        }
        return new Between(
                frame,
                step.path("tween").asDouble(),
                drawn(step.path("prev_image")),
                drawn(step.path("next_image")).orElseThrow(),
                step.path("warp_prev").asBoolean(),
                step.path("warp_next").asBoolean());
    }

    /** What a drawing starts from is the frame before, drawn or put together. */
    private static Start start(String from, int frame) {
        return switch (from) {
            case String before when before.equals("gen" + (frame - 1)) -> Start.DRAWN;
            case String before when before.equals("tween" + (frame - 1)) -> Start.BETWEEN;
            case "", "null" -> Start.NOTHING;
            default -> throw new IllegalArgumentException(from);
        };
    }

    private static OptionalInt drawn(JsonNode image) {
        return image.isNull()
                ? OptionalInt.empty()
                : OptionalInt.of(Integer.parseInt(image.asText().replace("gen", "")));
    }
}
