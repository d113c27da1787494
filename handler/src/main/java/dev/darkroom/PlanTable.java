package dev.darkroom;

import dev.darkroom.engine.Families;
import dev.darkroom.hub.HubException;
import dev.darkroom.hub.ModelHeaders;
import dev.darkroom.hub.ModelSource;
import dev.darkroom.job.JobException;
import dev.darkroom.job.Limits;
import dev.darkroom.job.Reason;
import dev.darkroom.job.Size;
import dev.darkroom.lora.Loras;
import dev.darkroom.model.Activations;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.MemoryPlan;
import dev.darkroom.model.Residency;
import dev.darkroom.model.Resident;
import dev.darkroom.settings.Environment;
import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.host.Processor;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.PlacementPolicy;
import dev.darkroom.weights.Precision;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** Prints how the networks of models would share a card's memory, from the headers of their files: nothing is loaded, and no card is needed. */
final class PlanTable {
    private static final int WRONG_ARGUMENTS = 2;
    private static final int FAILED = 1;

    private final WorkerConfig config;
    private final PrintStream out;
    private final PrintStream err;
    private final Set<String> components = new TreeSet<>();

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
            try (var headers = new ModelHeaders(config.hub(), err::println)) {
                for (var source : sources.entrySet()) {
                    print(source.getKey(), source.getValue(), headers, asked, card.getAsLong());
                }
            }
            return namesUnknownComponents() ? FAILED : 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        } catch (RuntimeException e) {
            err.println("--plan: "
                    + (e instanceof HubException || e instanceof JobException ? e.getMessage() : Reason.of(e)));
            return FAILED;
        }
    }

    private static OptionalLong cardHere() {
        return Device.cudaIsMissing().isEmpty() ? OptionalLong.of(Device.CUDA.freeBytes()) : OptionalLong.empty();
    }

    private void print(String name, ModelSource source, ModelHeaders headers, Command.Plan asked, long card)
            throws InterruptedException {
        asked.size().ifPresent(this::requireWithinLimits);
        long before = headers.read();
        long wholeBefore = headers.whole();
        var folder = headers.locate(source).folder();
        try (Loras loras = Families.loras(config.loras().memory().asLongValue());
                ImageModel model = Families.open(name, folder, config.limits().values(), loras)) {
            Size size = asked.size().orElse(model.defaults().size());
            model.networks().forEach(network -> components.add(network.component()));
            long machine = asked.hostMemory().orElseGet(Processor::memoryBytes);
            var demand = model.demand(size);
            MemoryPlan plan = Residency.forecast(policy(), config.planChoice(), model, demand, card, machine / 4 * 3);
            out.printf(
                    Locale.ROOT,
                    "%s: a picture of %s, a card with %s free, a machine with %s%n",
                    name,
                    size,
                    readable(card),
                    readable(machine));
            if (headers.read() > before) {
                out.printf(
                        Locale.ROOT,
                        "in no cache: %.1f MB were read of %.1f MB, the headers of its weights and its small files%n",
                        (headers.read() - before) / 1e6,
                        (headers.whole() - wholeBefore) / 1e6);
            }
            out.println();
            Activations beside = demand.in(
                    config.dtype().map(type -> DType.valueOf(type.name())).orElse(DType.BFLOAT16));
            table(plan, beside);
            work(beside);
        }
    }

    /** Tells of a choice for a component that none of the models has: the worker would not start with it. */
    private boolean namesUnknownComponents() {
        var unknown = new TreeSet<>(config.planChoice().some().keySet());
        unknown.removeAll(components);
        if (!unknown.isEmpty()) {
            err.println("--plan: DARKROOM_MEMORY_PLAN names " + String.join(", ", unknown)
                    + ", which no model here has; components are " + String.join(", ", components));
        }
        return !unknown.isEmpty();
    }

    private PlacementPolicy policy() {
        return new PlacementPolicy(
                Device.CUDA,
                config.dtype().map(type -> DType.valueOf(type.name())),
                config.memory()
                        .map(memory -> OptionalLong.of(memory.asLongValue()))
                        .orElseGet(OptionalLong::empty),
                config.quantization() == WorkerConfig.QuantizationChoice.FP8
                        ? Precision.FP8_PRODUCTS
                        : Precision.PLAIN);
    }

    private void requireWithinLimits(Size size) {
        Limits limits = config.limits().values();
        if (!limits.allow(size)) {
            throw JobException.badInput("--size: sides must be from " + Limits.SHORTEST_SIDE + " to "
                    + limits.longestSide() + " and pixels at most " + limits.pixels() + ", not " + size);
        }
    }

    private void table(MemoryPlan plan, Activations beside) {
        row("network", "type", "on the card", "on the host", "held");
        for (MemoryPlan.Share share : plan.shares()) {
            row(
                    share.network().component(),
                    type(share.placement()),
                    readable(share.onCard()),
                    readable(share.onHost()),
                    held(share.placement()));
        }
        if (plan.ring() > 0) {
            row("ring of streamed blocks", "", readable(plan.ring()), "", "for all streamed networks");
        }
        row("work at the peak", "", readable(plan.work()), "", inBands(plan, beside) ? "vae in bands" : "");
        row("predicted peak", "", readable(plan.peak()), readable(plan.onHost()), verdict(plan));
    }

    /** True if the autoencoder works on the card, and in bands that are smaller than the picture. */
    private static boolean inBands(MemoryPlan plan, Activations beside) {
        return plan.vaeInBands()
                && beside.vaeInBands() < beside.vae()
                && plan.shares().stream()
                        .anyMatch(share -> share.network().role() == Resident.Role.VAE
                                && share.placement().device().isCard());
    }

    private void row(String what, String type, String onCard, String onHost, String held) {
        out.println(String.format(Locale.ROOT, "  %-24s %-9s %12s %12s   %s", what, type, onCard, onHost, held)
                .stripTrailing());
    }

    private static String type(Placement placement) {
        return placement.dtype().name().toLowerCase(Locale.ROOT);
    }

    private static String held(Placement placement) {
        String where = placement.device().isCard() ? placement.holding().toString() : "computes on the CPU";
        String remark = placement.precision().remark();
        return where + (remark.isEmpty() ? "" : "," + remark);
    }

    private static String verdict(MemoryPlan plan) {
        return plan.fits()
                ? readable(plan.room() - plan.peak()) + " left"
                : "does not fit: " + readable(plan.peak() - plan.room()) + " too much";
    }

    private void work(Activations beside) {
        out.printf(
                Locale.ROOT,
                "%n  tensors of the work: text encoders %s, transformer %s, vae %s%s, kept encodings %s%n%n",
                readable(beside.textEncoder()),
                readable(beside.transformer()),
                readable(beside.vae()),
                beside.vaeInBands() < beside.vae()
                        ? " (in the smallest bands " + readable(beside.vaeInBands()) + ")"
                        : "",
                readable(beside.kept()));
    }

    /** Writes bytes in the unit in which cards are sold. */
    private static String readable(long bytes) {
        double mebibytes = bytes / (double) (1 << 20);
        if (mebibytes >= 1000) {
            return String.format(Locale.ROOT, "%.2f GiB", mebibytes / 1024);
        }
        return String.format(Locale.ROOT, mebibytes < 10 && bytes > 0 ? "%.1f MiB" : "%.0f MiB", mebibytes);
    }
}
