package dev.darkroom;

import dev.darkroom.engine.Families;
import dev.darkroom.hub.HubException;
import dev.darkroom.hub.ModelSource;
import dev.darkroom.hub.Models;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Reason;
import dev.darkroom.job.Size;
import dev.darkroom.lora.Loras;
import dev.darkroom.model.Activations;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.MemoryPlan;
import dev.darkroom.model.Residency;
import dev.darkroom.settings.Environment;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.host.Processor;
import dev.darkroom.weights.PlacementPolicy;
import dev.darkroom.weights.Precision;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/** Prints how the networks of models would share a card's memory, from the headers of their files: nothing is loaded, and no card is needed. */
final class PlanTable {
    private static final int WRONG_ARGUMENTS = 2;
    private static final int FAILED = 1;

    private final WorkerConfig config;
    private final PrintStream out;
    private final PrintStream err;

    PlanTable(Map<String, String> variables, PrintStream out, PrintStream err) {
        this.config = new Environment(variables, WorkerConfig.class).read(WorkerConfig.class);
        this.out = out;
        this.err = err;
    }

    /** Prints a table for each model; returns the exit code. */
    int print(Command.Plan asked) {
        OptionalLong card = asked.memory().isPresent() ? asked.memory() : cardHere();
        if (card.isEmpty()) {
            err.println("--plan: there is no card here: name a memory, such as --memory 24G");
            return WRONG_ARGUMENTS;
        }
        Map<String, ModelSource> sources = new LinkedHashMap<>();
        try {
            asked.model()
                    .ifPresentOrElse(
                            source -> sources.put(source, ModelSource.parse(source)),
                            () -> sources.putAll(ModelList.of(config)));
            for (var source : sources.entrySet()) {
                print(source.getKey(), source.getValue(), asked, card.getAsLong());
            }
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        } catch (RuntimeException e) {
            err.println("--plan: " + (e instanceof HubException || e instanceof JobException ? e.getMessage() : Reason.of(e)));
            return FAILED;
        }
    }

    private static OptionalLong cardHere() {
        return Device.cudaIsMissing().isEmpty()
                ? OptionalLong.of(Device.CUDA.freeBytes())
                : OptionalLong.empty();
    }

    private void print(String name, ModelSource source, Command.Plan asked, long card) throws InterruptedException {
        var folder = new Models(config.hub()).locate(source).folder();
        try (Loras loras = Families.loras(config.loras().memory().asLongValue());
                ImageModel model = Families.open(name, folder, config.limits().values(), loras)) {
            Size size = asked.size().orElse(model.defaults().size());
            config.limits().values().require(size);
            long machine = asked.hostMemory().orElseGet(Processor::memoryBytes);
            var demand = model.demand(size);
            MemoryPlan plan = Residency.forecast(policy(), config.planChoice(), model, demand, card, machine / 4 * 3);
            out.printf(
                    Locale.ROOT,
                    "%s, a picture of %s, a card with %s free, a machine with %s%n%n",
                    name, size, gibibytes(card), gibibytes(machine));
            table(plan);
            work(plan, demand.in(config.dtype().map(type -> DType.valueOf(type.name())).orElse(DType.BFLOAT16)));
        }
    }

    private PlacementPolicy policy() {
        return new PlacementPolicy(
                Device.CUDA,
                config.dtype().map(type -> DType.valueOf(type.name())),
                config.memory()
                        .map(memory -> OptionalLong.of(memory.asLongValue()))
                        .orElseGet(OptionalLong::empty),
                config.quantization() == WorkerConfig.QuantizationChoice.FP8 ? Precision.FP8_PRODUCTS : Precision.PLAIN);
    }

    private void table(MemoryPlan plan) {
        String row = "  %-24s %12s %12s   %s%n";
        out.printf(row, "network", "on the card", "on the host", "held");
        for (MemoryPlan.Share share : plan.shares()) {
            out.printf(
                    row,
                    share.network().component(),
                    gibibytes(share.onCard()),
                    gibibytes(share.onHost()),
                    share.placement());
        }
        if (plan.ring() > 0) {
            out.printf(row, "ring of streamed blocks", gibibytes(plan.ring()), "", "two slots, for all networks");
        }
        out.printf(row, "work at the peak", gibibytes(plan.work()), "", plan.vaeInBands() ? "vae in bands" : "");
        out.printf(row, "predicted peak", gibibytes(plan.peak()), gibibytes(plan.onHost()), verdict(plan));
    }

    private static String verdict(MemoryPlan plan) {
        return plan.fits()
                ? gibibytes(plan.room() - plan.peak()) + " left"
                : "does not fit: " + gibibytes(plan.peak() - plan.room()) + " too much";
    }

    private void work(MemoryPlan plan, Activations beside) {
        out.printf(
                Locale.ROOT,
                "%n  of the work: text encoders %s, transformer %s, vae %s (in the smallest bands %s), kept encodings %s%n%n",
                gibibytes(beside.textEncoder()),
                gibibytes(beside.transformer()),
                gibibytes(beside.vae()),
                gibibytes(beside.vaeInBands()),
                gibibytes(beside.kept()));
    }

    private static String gibibytes(long bytes) {
        return String.format(Locale.ROOT, "%.2f GiB", bytes / (double) (1L << 30));
    }
}
