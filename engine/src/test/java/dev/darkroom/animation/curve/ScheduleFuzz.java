package dev.darkroom.animation.curve;

import dev.darkroom.animation.prompt.Prompts;
import dev.darkroom.job.JobException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Any text as a schedule, as texts by frames, as a prompt with formulas and as its key: refused, or values of all frames. */
public final class ScheduleFuzz {
    private static final Span SPAN = new Span(30, 42);
    private static final List<Consumer<String>> READERS = List.of(
            text -> Curve.parse("zoom", text, SPAN).values(),
            text -> Curve.parse("zoom", text, SPAN).values(Interpolation.CUBIC),
            text -> TextCurve.parse("sampler_schedule", text, SPAN),
            text -> Prompts.parse("prompts", Map.of("0", text, "max_f", text), SPAN)
                    .blendAt(3),
            text -> Prompts.parse("prompts", Map.of(text, "a cat"), SPAN).at(SPAN.last()));

    private ScheduleFuzz() {}

    public static void fuzzerTestOneInput(byte[] content) {
        accept(new String(content, StandardCharsets.UTF_8));
    }

    static void accept(String text) {
        for (Consumer<String> reader : READERS) {
            try {
                reader.accept(text);
            } catch (JobException e) {
                if (e.code() != JobException.Code.BAD_INPUT) {
                    throw e;
                }
            }
        }
    }
}
