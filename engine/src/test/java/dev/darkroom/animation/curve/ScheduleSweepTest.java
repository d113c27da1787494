package dev.darkroom.animation.curve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.JobException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Twenty thousand texts of the pieces that schedules are made of: each is refused as bad input, or has finite values. */
class ScheduleSweepTest {
    private static final List<String> PIECES = List.of(
            "0:(",
            "0:",
            "5:(",
            "\"max_f-2\":(",
            ")",
            "),",
            ", ",
            ":",
            "(",
            "t",
            "s",
            "max_f",
            "1",
            "2.5",
            ".5",
            "1.",
            "1e-3",
            "-",
            "+",
            "*",
            "**",
            "/",
            "//",
            "%",
            "<",
            "<=",
            "==",
            "!=",
            ">>",
            "<<",
            "&",
            "|",
            "~",
            "sin(",
            "where(",
            "fmod(",
            "log(",
            "abs(",
            "arctanh(",
            "True",
            "pi",
            "'",
            "\"",
            "`",
            "--neg",
            "\n",
            " ",
            "\0",
            "é",
            "\uD83C",
            "9999999999");

    private final Random random = new Random(20);

    @Test
    void refusedOrFinite() {
        int values = 0;
        for (int i = 0; i < 20_000; i++) {
            String text = IntStream.range(0, 1 + random.nextInt(14))
                    .mapToObj(unused -> PIECES.get(random.nextInt(PIECES.size())))
                    .collect(Collectors.joining());
            ScheduleFuzz.accept(text);
            values += hasFiniteValues("0:(" + text) ? 1 : 0;
        }
        assertThat(values).as("texts that have a meaning").isBetween(200, 10_000);
    }

    private static boolean hasFiniteValues(String text) {
        try {
            assertThat(Arrays.stream(Curve.parse("zoom", text, new Span(30, 42)).values()))
                    .as(text)
                    .allMatch(Double::isFinite);
            return true;
        } catch (JobException e) {
            assertThat(e.getMessage()).startsWith("zoom: ");
            return false;
        }
    }
}
