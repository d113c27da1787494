package dev.darkroom.meta;

import dev.darkroom.engine.Families;
import dev.darkroom.job.Job;
import dev.darkroom.job.Limits;
import dev.darkroom.job.LoraFile;
import dev.darkroom.job.Progress;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Size;
import dev.darkroom.lora.Loras;
import dev.darkroom.meta.Scenario.Adapter;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.MemoryPlan;
import dev.darkroom.model.PlanChoice;
import dev.darkroom.model.Residency;
import dev.darkroom.model.Sources;
import dev.darkroom.ring.Rings;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.SimulatedCard;
import dev.darkroom.tensor.TensorException;
import dev.darkroom.weights.PlacementPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Random jobs for published models on simulated cards of usual sizes, some of whose memory others take: {@code FOLDER JOBS SEED}. Prints a line
 * for each card, and ends with 1 if a job failed for want of memory although a smaller plan would have served it.
 */
final class SimulatedJobs {
    private static final int[] CARDS = {8, 12, 16, 24, 48, 80};
    private static final int JOBS_OF_A_WORKER = 20;
    private static final int SIDE = 64;
    private static final long HOST = 128L << 30;
    private static final long GIGA = 1_000_000_000;
    private static final int RANK = 16;

    private final Path folder;
    private final Random random;
    private final Map<String, LoraFile> loras = new HashMap<>();
    private int drawn;
    private int withLoras;
    private int onCpu;
    private int again;
    private int failed;
    private double largestRatio;

    private SimulatedJobs(Path folder, long seed) {
        this.folder = folder;
        this.random = new Random(seed);
    }

    public static void main(String... arguments) throws IOException {
        Logger.getLogger("").setLevel(Level.SEVERE);
        int jobs = Integer.parseInt(arguments[1]);
        boolean sound = true;
        for (int gigabytes : CARDS) {
            var simulated = new SimulatedJobs(Path.of(arguments[0]), Long.parseLong(arguments[2]) + gigabytes);
            for (int left = jobs / CARDS.length; left > 0; left -= JOBS_OF_A_WORKER) {
                simulated.worker(gigabytes * GIGA, Math.min(left, JOBS_OF_A_WORKER));
            }
            System.out.printf(
                    "card %d GB: %d drawn on it, %d in part on the CPU, %d with a LoRA, %d only after memory ran out, %d failed;"
                            + " at most %.3f of the predicted peak%n",
                    gigabytes,
                    simulated.drawn,
                    simulated.onCpu,
                    simulated.withLoras,
                    simulated.again,
                    simulated.failed,
                    simulated.largestRatio);
            sound &= simulated.failed == 0;
        }
        System.exit(sound ? 0 : 1); // libtorch's threads stay
    }

    /** A worker with one or two models, for some jobs. */
    private void worker(long bytes, int jobs) throws IOException {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 1 + random.nextInt(2); i++) {
            names.add(Published.values()[random.nextInt(Published.values().length)].toString());
        }
        long before = Scope.liveTensors();
        try (var card = SimulatedCard.of(bytes);
                Loras kept = Families.loras(GIGA)) {
            var residency = new Residency(
                    new PlacementPolicy(Device.META, Optional.empty(), OptionalLong.empty()), PlanChoice.AUTO, HOST);
            List<ImageModel> models = new ArrayList<>();
            for (String name : names) {
                models.add(Families.open(name, Checkpoints.at(name, folder), Limits.STANDARD, kept));
            }
            for (int i = 0; i < jobs; i++) {
                int which = random.nextInt(models.size());
                card.takenByOthers(random.nextInt(3) == 0 ? (long) (random.nextDouble() * bytes / 4) : 0);
                job(names.get(which), models.get(which), models, residency, card);
            }
            models.forEach(ImageModel::close);
        }
        if (Scope.liveTensors() != before) {
            throw new IllegalStateException(Scope.liveTensors() - before + " tensors are left");
        }
    }

    private void job(String name, ImageModel model, List<ImageModel> models, Residency residency, SimulatedCard card)
            throws IOException {
        var size = new Size(side(), side());
        Scenario scenario = Scenario.usual(name, size, 1).asking(1 + random.nextInt(4));
        LoraFile lora = random.nextInt(3) == 0 ? loras.get(name) : null;
        if (lora != null) {
            scenario = scenario.withLora();
            withLoras++;
        }
        Job.Generation job = scenario.job();
        Sources sources = scenario.sources(lora == null ? List.of() : List.of(lora));
        int[] tries = {0};
        try {
            residency.prepare(model.networks(), model.demand(job, job.samples(), sources), Progress.NONE);
            if (random.nextInt(4) == 0) { // while the networks are there already
                card.takenByOthers((long) (random.nextDouble() * Device.META.totalBytes() / 3));
            }
            for (List<Sample> batch : model.batches(job, job.samples(), sources).subList(0, 1)) {
                var demand = model.demand(job, batch, sources);
                residency.draw(model, demand, Progress.NONE, () -> {
                    if (isOnCpu(residency.plan(model.networks()).orElseThrow())) {
                        onCpu++;
                        return List.of();
                    }
                    if (tries[0]++ > 0 && others(models, model) > 0) {
                        throw new IllegalStateException("tried again beside other models' networks");
                    }
                    card.forgetPeak();
                    var renderings = model.render(job, batch, sources, Progress.NONE);
                    MemoryPlan plan = residency.plan(model.networks()).orElseThrow();
                    largestRatio = Math.max(
                            largestRatio,
                            (double) (card.peak() - others(models, model) - foreignRing(plan)) / plan.peak());
                    drawn++;
                    return renderings;
                });
            }
            again += tries[0] > 1 ? 1 : 0;
            if (!loras.containsKey(name)) { // for later jobs: its layers are known now
                loras.put(name, AdapterFile.write(model, name, Adapter.LORA, RANK, folder));
            }
        } catch (TensorException e) {
            failed++;
            System.out.println("FAILED " + name + " at " + size + ": " + e.getMessage() + " by "
                    + residency.plan(model.networks()).orElse(null));
        }
    }

    /** Bytes of other models on the card. */
    private static long others(List<ImageModel> models, ImageModel model) {
        return models.stream()
                .filter(other -> !other.equals(model))
                .flatMap(other -> other.networks().stream())
                .filter(network -> network.loaded()
                        .filter(loaded -> loaded.placement().device().isCard())
                        .isPresent())
                .mapToLong(network -> network.bytes())
                .sum();
    }

    /** Bytes of the ring that other models have made larger than a plan's own networks need it. */
    private static long foreignRing(MemoryPlan plan) {
        return Math.max(0, Rings.bytes(Device.META) - plan.ring());
    }

    /** What is computed on the CPU is not drawn here: it would take hours. */
    private static boolean isOnCpu(MemoryPlan plan) {
        return plan.shares().stream()
                .anyMatch(share -> !share.placement().device().isCard());
    }

    private int side() {
        return SIDE * (4 + random.nextInt(22));
    }
}
