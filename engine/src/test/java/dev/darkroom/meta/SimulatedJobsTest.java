package dev.darkroom.meta;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random jobs on simulated cards of 8 to 80 GB; {@code make simulate} runs as many as one likes. */
class SimulatedJobsTest {
    private static final Pattern LINE = Pattern.compile(
            "card \\d+ GB: (\\d+) drawn on it, (\\d+) in part on the CPU, (\\d+) with a LoRA, \\d+ only after memory ran out, (\\d+) failed; at most (\\d\\.\\d+) of .*");

    @Test
    void noJobFailsThatASmallerPlanWouldServe(@TempDir Path folder) throws IOException, InterruptedException {
        String out = MetaProcess.run(SimulatedJobs.class, folder.toString(), "18", "3");

        List<MatchResult> cards = LINE.matcher(out).results().toList();
        assertThat(cards).as(out).hasSize(6).allMatch(card -> card.group(4).equals("0"));
        assertThat(cards).allMatch(card -> Double.parseDouble(card.group(5)) <= 1);
        assertThat(cards.stream()
                        .mapToInt(card -> Integer.parseInt(card.group(1)))
                        .sum())
                .isGreaterThan(12);
        assertThat(cards).as(out).anyMatch(card -> !card.group(3).equals("0"));
    }
}
