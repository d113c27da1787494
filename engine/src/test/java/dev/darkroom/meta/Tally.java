package dev.darkroom.meta;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.Job;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.tally.Card;
import dev.darkroom.tally.StepTally;
import dev.darkroom.tensor.OperatorLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Prints what a denoising step of a published model costs, operator by operator, and what cards are expected to take for it. Computed from
 * shapes; nothing is measured.
 */
public final class Tally {
    private static final int STEPS = 3;

    private Tally() {}

    /**
     * Prints it: {@code MODEL WIDTHxHEIGHT table|json}; or for {@code all}, at the size that each is made for, the table of
     * docs/performance.md.
     */
    public static void main(String... arguments) throws IOException {
        Logger.getLogger("").setLevel(Level.WARNING);
        Path folder = Files.createTempDirectory("darkroom-tally");
        try {
            if (arguments[0].equals("all")) {
                for (Published published : Published.values()) {
                    Scenario scenario = Scenario.usual(published.toString(), published.size(), STEPS);
                    StepTally tally = run(scenario, Checkpoints.at(scenario.checkpoint(), folder));
                    System.out.println(row(scenario, tally.json(step(tally))));
                }
            } else {
                print(Scenario.usual(arguments[0], Size.parse(arguments[1]), STEPS), folder, arguments[2]);
            }
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
        System.exit(0); // libtorch's threads
    }

    private static void print(Scenario scenario, Path folder, String format) throws IOException {
        StepTally tally = run(scenario, Checkpoints.at(scenario.checkpoint(), folder));
        ObjectNode json = tally.json(step(tally));
        if (format.equals("json")) {
            System.out.println(json.toPrettyString());
        } else {
            System.out.printf(
                    "A step of %s at %s. Computed from shapes, never measured on a card.%n%n%s%n%s%n%n",
                    scenario.checkpoint(), scenario.size(), tally.table(step(tally)), json.toPrettyString());
            System.out.printf(
                    "What comes after the last step:%n%n%s%n%s%n",
                    tally.table(tally.last()), tally.json(tally.last()).toPrettyString());
        }
    }

    /** A step that is neither the first nor the last. */
    private static StepTally.Part step(StepTally tally) {
        return tally.steps().get(1);
    }

    /** Runs a job on {@code meta}: parts before the first step, one a step, and after the last. */
    static StepTally run(Scenario scenario, Path checkpoint) {
        var tally = new StepTally();
        try (var log = OperatorLog.to(tally);
                MetaModel loaded = MetaModel.load(checkpoint, scenario.fp8(), scenario.memory())) {
            tally.weightsAreThere();
            Job.Generation job = scenario.job();
            loaded.model().render(job, TestJobs.first(job), scenario.sources(List.of()), (step, steps) -> tally.next());
        }
        return tally;
    }

    /** A line of the table in docs/performance.md. */
    private static String row(Scenario scenario, ObjectNode json) {
        var out = new StringBuilder(String.format(
                Locale.ROOT,
                "| %s, %s%s | %d | %.1f | %.1f | %.1f, %.1f | %.1f |",
                scenario.checkpoint(),
                scenario.size(),
                scenario.negative() == null ? "" : ", CFG",
                json.path("operator_calls").asInt(),
                json.path("gemm_tflop").asDouble(),
                json.path("attention_tflop").asDouble(),
                json.path("elementwise_gb").asDouble(),
                json.path("elementwise_with_kernels_gb").asDouble(),
                json.path("activation_peak_gb").asDouble()));
        for (Card card : Card.all()) {
            out.append(String.format(
                    Locale.ROOT,
                    " %.0f, %.0f |",
                    json.path("forecast_ms").path(card.id()).asDouble(),
                    json.path("forecast_with_kernels_ms").path(card.id()).asDouble()));
        }
        return out.toString();
    }
}
