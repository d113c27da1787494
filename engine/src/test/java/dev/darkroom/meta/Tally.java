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

    /** Prints it: {@code MODEL WIDTHxHEIGHT table|json|row [text]}, the last for the operators' text where there are kernels of our own. */
    public static void main(String... arguments) throws IOException {
        Logger.getLogger("").setLevel(Level.WARNING);
        String model = arguments[0];
        Size size = Size.parse(arguments[1]);
        boolean kernels = !List.of(arguments).contains("text");
        Path folder = Files.createTempDirectory("darkroom-tally");
        try {
            print(Scenario.usual(model, size, STEPS), folder, arguments[2], kernels);
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
        System.exit(0); // libtorch's threads
    }

    private static void print(Scenario scenario, Path folder, String format, boolean kernels) throws IOException {
        StepTally tally = run(scenario, Checkpoints.at(scenario.checkpoint(), folder), kernels);
        StepTally.Part step = tally.steps().get(1); // neither the first nor the last
        StepTally.Part decode = tally.last();
        ObjectNode json = tally.json(step);
        switch (format) {
            case "json" -> System.out.println(json.toPrettyString());
            case "row" -> System.out.println(row(scenario, json));
            default -> {
                System.out.printf(
                        "A step of %s at %s. Computed from shapes, never measured on a card.%n%n%s%n%s%n%n",
                        scenario.checkpoint(), scenario.size(), tally.table(step), json.toPrettyString());
                System.out.printf("After the last step: decode%n%n%s%n%s%n", tally.table(decode), tally.json(decode));
            }
        }
    }

    /** Runs a job on {@code meta}: parts before the first step, one a step, and after the last. */
    static StepTally run(Scenario scenario, Path checkpoint, boolean kernels) {
        var tally = new StepTally(kernels);
        try (var log = OperatorLog.to(tally);
                MetaModel loaded = MetaModel.load(checkpoint, scenario.memory())) {
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
                "| %s %s%s | %d | %.1f | %.1f | %.1f | %.1f |",
                scenario.checkpoint(),
                scenario.size(),
                scenario.negative() == null ? "" : ", CFG",
                json.path("operator_calls").asInt(),
                json.path("gemm_tflop").asDouble(),
                json.path("attention_tflop").asDouble(),
                json.path("elementwise_gb").asDouble(),
                json.path("activation_peak_gb").asDouble()));
        for (Card card : Card.all()) {
            out.append(String.format(
                    Locale.ROOT,
                    " %.0f |",
                    json.path("forecast_ms").path(card.id()).asDouble()));
        }
        return out.toString();
    }
}
