package dev.darkroom.meta;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.engine.Families;
import dev.darkroom.job.Job;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Size;
import dev.darkroom.job.TestJobs;
import dev.darkroom.lora.Loras;
import dev.darkroom.model.ImageModel;
import dev.darkroom.tally.Card;
import dev.darkroom.tally.Measured;
import dev.darkroom.tally.StepTally;
import dev.darkroom.tensor.OperatorLog;
import dev.darkroom.weights.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Prints what a denoising step of a published model costs, operator by operator, and what cards are expected to take for it. Computed from
 * shapes; nothing is measured.
 */
public final class Tally {
    private static final int STEPS = 3;
    private static final String ALL = "all";
    private static final int WRONG_ARGUMENTS = 2;
    private static final int SIDE = 16;
    private static final int SMALLEST = 256;
    private static final int LARGEST = 4096;

    private final List<Published> models;
    private final Optional<Size> size;
    private final boolean json;

    private Tally(List<Published> models, Optional<Size> size, boolean json) {
        this.models = models;
        this.size = size;
        this.json = json;
    }

    /**
     * Prints it: {@code MODEL [SIZE [FORMAT]]}. Of a model at the size that it is made for unless another is named, as a table or as
     * {@code json}; of {@code all} models, a line each, as docs/performance.md has them.
     */
    public static void main(String... arguments) throws IOException {
        Logger.getLogger("").setLevel(Level.WARNING);
        Tally tally;
        try {
            tally = of(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.exit(WRONG_ARGUMENTS);
            return;
        }
        Path folder = Files.createTempDirectory("darkroom-tally");
        try {
            tally.print(folder);
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        }
        System.exit(0); // libtorch's threads
    }

    /**
     * Reads the arguments; an empty one is left to its default.
     *
     * @throws IllegalArgumentException that says what may stand in its place
     */
    static Tally of(String... arguments) {
        String model = argument(arguments, 0, "flux.1-dev");
        String size = argument(arguments, 1, "");
        String format = argument(arguments, 2, "table");
        if (!List.of("table", "json").contains(format)) {
            throw new IllegalArgumentException("FORMAT: must be table or json, not '" + format + "'");
        }
        return new Tally(models(model), size(size), format.equals("json"));
    }

    private static String argument(String[] arguments, int index, String otherwise) {
        return arguments.length <= index || arguments[index].isBlank() ? otherwise : arguments[index].strip();
    }

    private static List<Published> models(String name) {
        if (name.equals(ALL)) {
            return List.of(Published.values());
        }
        try {
            return List.of(Published.named(name));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("MODEL: " + e.getMessage() + ", " + ALL, e);
        }
    }

    private static Optional<Size> size(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Size size;
        try {
            size = Size.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("SIZE: " + e.getMessage(), e);
        }
        if (size.width() % SIDE != 0
                || size.height() % SIDE != 0
                || Math.max(size.width(), size.height()) > LARGEST
                || Math.min(size.width(), size.height()) < SMALLEST) {
            throw new IllegalArgumentException("SIZE: both sides must be multiples of " + SIDE + " from " + SMALLEST
                    + " to " + LARGEST + ", not " + size);
        }
        return Optional.of(size);
    }

    private void print(Path folder) throws IOException {
        ObjectNode all = new ObjectMapper().createObjectNode();
        for (Published model : models) {
            Scenario scenario = Scenario.usual(model.toString(), size.orElse(model.size()), STEPS);
            Path checkpoint = Checkpoints.at(scenario.checkpoint(), folder);
            StepTally tally = run(scenario, checkpoint);
            ObjectNode sums = tally.json(step(tally));
            if (json) {
                all.set(model.toString(), sums);
            } else if (models.size() > 1) {
                System.out.println(row(scenario, sums));
            } else {
                print(scenario, checkpoint, tally, sums);
            }
        }
        if (json) {
            System.out.println((models.size() > 1 ? all : all.elements().next()).toPrettyString());
        }
    }

    private static void print(Scenario scenario, Path checkpoint, StepTally tally, ObjectNode sums) {
        System.out.printf(
                """
                A step of %s at %s%s, by the operators' text. Computed from shapes, at rates that cards.json has.
                %s

                %s
                %s

                What comes after the last step:

                %s
                %s

                The same step of an RTX 4090 that had less memory, blocks streamed at 25 and 50 GB/s. Computed: the longer of its work and the copies.

                | weights | memory | blocks that stay | GB copied | ms of copies | ms a step |
                | --- | --- | --- | --- | --- | --- |
                %s
                """,
                scenario.checkpoint(),
                scenario.size(),
                scenario.negative() == null ? "" : " with CFG",
                told(scenario),
                tally.table(step(tally)),
                sums.toPrettyString(),
                tally.table(tally.last()),
                tally.json(tally.last()).toPrettyString(),
                streamed(scenario, checkpoint, sums));
    }

    private static String streamed(Scenario scenario, Path checkpoint, ObjectNode sums) {
        double activations = sums.path("activation_peak_gb").asDouble() * 1e9;
        double seconds = sums.path("forecast_with_kernels_ms").path("rtx4090").asDouble() / 1000;
        int passes = scenario.negative() == null ? 1 : 2;
        Loras loras = Families.loras(0);
        try (ImageModel model = Families.open("sizes", checkpoint, Limits.STANDARD, loras)) {
            return Stream.of(Precision.PLAIN, Precision.FP8_PRODUCTS)
                    .map(precision -> new StreamingForecast(model, precision, activations, seconds, passes)
                            .rows("bfloat16" + precision.remark()))
                    .collect(Collectors.joining("\n"));
        } finally {
            loras.close();
        }
    }

    private static String told(Scenario scenario) {
        String size = scenario.size().toString();
        OptionalDouble kernels = Measured.withKernels(scenario.checkpoint(), size);
        OptionalDouble text = Measured.byText(scenario.checkpoint(), size);
        return kernels.isEmpty()
                ? "Nothing was measured for this model at this size."
                : "An H100 took " + kernels.getAsDouble() + " ms with kernels of our own"
                        + (text.isPresent() ? " and " + text.getAsDouble() + " by the text" : "") + ": "
                        + Measured.when() + ".";
    }

    /** What an H100 took by the text and with kernels of our own; dashes for what was not measured. */
    private static String measured(Scenario scenario) {
        String size = scenario.size().toString();
        return Stream.of(
                        Measured.byText(scenario.checkpoint(), size), Measured.withKernels(scenario.checkpoint(), size))
                .map(milliseconds ->
                        milliseconds.isPresent() ? String.format(Locale.ROOT, "%.0f", milliseconds.getAsDouble()) : "–")
                .collect(Collectors.joining(", "));
    }

    /** A step that is neither the first nor the last. */
    private static StepTally.Part step(StepTally tally) {
        return tally.steps().get(1);
    }

    /** Runs a job on {@code meta}: parts before the first step, one a step, and after the last. */
    static StepTally run(Scenario scenario, Path checkpoint) {
        var tally = new StepTally();
        try (var log = OperatorLog.to(tally);
                MetaModel loaded = MetaModel.load(checkpoint, scenario.fp8(), scenario.plan(), scenario.holding())) {
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
                "| %s, %s%s | %d | %.1f | %.1f | %.1f, %.1f | %.1f | %s |",
                scenario.checkpoint(),
                scenario.size(),
                scenario.negative() == null ? "" : ", CFG",
                json.path("operator_calls").asInt(),
                json.path("gemm_tflop").asDouble(),
                json.path("attention_tflop").asDouble(),
                json.path("elementwise_gb").asDouble(),
                json.path("elementwise_with_kernels_gb").asDouble(),
                json.path("activation_peak_gb").asDouble(),
                measured(scenario)));
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
