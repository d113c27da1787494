package dev.darkroom.model;

import dev.darkroom.job.Progress;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.TensorException;
import dev.darkroom.tensor.host.Processor;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.PlacementPolicy;
import dev.darkroom.weights.WeightSize;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Keeps as many networks of all models in memory as there is room for. The networks that a model needs are loaded, and where there is no
 * room, networks of other models are freed: text encoders first, for they work once for each prompt, and among equals the least recently
 * used. Networks of one model never displace each other: one that does not fit on a card although all others are gone computes on the CPU,
 * and on the CPU it is loaded all the same, as the only model. All calls belong on the GPU's thread.
 */
public final class Residency {
    private static final Logger LOG = Logger.getLogger(Residency.class);

    private static final Comparator<Resident<?>> FIRST_TO_GO = Comparator.<Resident<?>, Boolean>comparing(
                    network -> network.role() != Resident.Role.TEXT_ENCODER)
            .thenComparing(Resident::lastUse)
            .thenComparing(Resident::bytes, Comparator.reverseOrder());

    private final PlacementPolicy policy;
    private final Plans plans;
    private final Set<Resident<?>> resident = new LinkedHashSet<>();
    private final LongAdder evictions = new LongAdder();
    private final LongAccumulator workOnCpu = new LongAccumulator(Math::max, 0);
    private long uses;

    /** Makes a residency that chooses all plans by itself. */
    public Residency(PlacementPolicy policy) {
        this(policy, PlanChoice.AUTO);
    }

    /** Makes a residency whose plans are chosen in part by whoever runs it. */
    public Residency(PlacementPolicy policy, PlanChoice choice) {
        this(policy, choice, Processor.memoryBytes() / 4 * 3);
    }

    /** @param host bytes that weights may take in the host's memory where the card computes with them */
    public Residency(PlacementPolicy policy, PlanChoice choice, long host) {
        this.policy = policy;
        plans = new Plans(policy, new Planner(policy, choice, host), host, this::resident);
    }

    /** A network that is to be loaded, where, and how many bytes its weights take there. */
    private record Load(Resident<?> network, Placement placement, long bytes, long onHost) {}

    /**
     * Brings a model's networks into memory, the largest first: it is the one that needs the card most. If one cannot be loaded, those
     * that came before it are freed again, for they are of no use alone.
     *
     * @param networks all that the model computes with
     * @param demand what the run takes beside them
     * @param progress checked for cancellation between two networks
     * @return true if anything had to be loaded
     * @throws dev.darkroom.checkpoint.CheckpointException if the files are gone or do not fit their config
     * @throws TensorException if memory runs out, by the smallest plan too
     */
    public boolean prepare(List<Resident<?>> networks, Demand demand, Progress progress) {
        uses++;
        networks.forEach(network -> network.use(uses));
        if (!policy.device().isCard()) {
            boolean loaded = loadAll(onCpu(networks), networks, progress);
            plans.onCpu(networks, demand);
            noteWork(networks, demand);
            return loaded;
        }
        while (true) {
            try {
                MemoryPlan plan = plans.choose(networks, demand); // measuring takes a little of the card too
                boolean fresh = hold(plan, networks, progress);
                plans.held(plan, networks);
                noteWork(networks, demand);
                return fresh;
            } catch (TensorException e) {
                if (!e.isOutOfCardMemory() || !freeOthers(networks) && !plans.stepDown(networks, demand)) {
                    throw e;
                }
                LOG.warnf("memory ran out while %s were loaded", networks);
            }
        }
    }

    /**
     * Draws with a model whose networks are in memory. Where memory runs out, all that is cached is freed, less of the model is kept on the
     * card from now on, and the work is done again, until the smallest plan has failed.
     *
     * @param demand what the work takes beside the networks
     * @param work may be done several times
     */
    public <T> T draw(ImageModel model, Demand demand, Progress progress, Supplier<T> work) {
        while (true) {
            try {
                return work.get();
            } catch (TensorException e) {
                if (!e.isOutOfCardMemory() || !policy.device().isCard()) {
                    throw e;
                }
                model.forget();
                if (freeOthers(model.networks())) {
                    continue;
                }
                if (!plans.stepDown(model.networks(), demand)) {
                    throw e;
                }
                plan(model.networks()).ifPresent(plan -> LOG.warnf("memory ran out: drawn again with %s", plan));
                prepare(model.networks(), demand, progress);
            }
        }
    }

    /** Frees the networks of all other models on the card; returns false if there are none. */
    private boolean freeOthers(List<Resident<?>> networks) {
        List<Resident<?>> others = on(policy.device())
                .filter(network -> !networks.contains(network))
                .toList();
        others.forEach(Resident::close);
        evictions.add(others.size());
        if (!others.isEmpty()) {
            LOG.warnf("memory ran out: tried again without %s on the card", others);
        }
        return !others.isEmpty();
    }

    /** True if all of a model's networks can be loaded where they compute best, without freeing others. */
    public boolean hasRoomFor(List<Resident<?>> networks, Demand demand) {
        if (policy.device().isCard()) {
            return plans.allFit(networks, demand);
        }
        long needed = onCpu(networks).stream().mapToLong(Load::bytes).sum();
        return needed <= policy.roomOnCpu(used(Device.CPU));
    }

    /** The plan by which a model's networks are held; empty for a model that was not asked for yet. */
    public Optional<MemoryPlan> plan(List<Resident<?>> networks) {
        return plans.of(networks);
    }

    /**
     * Makes the plan of a model for a card that need not be there: nothing is loaded.
     *
     * @param card bytes that the card has
     * @param host bytes that weights may take in the host's memory
     */
    public static MemoryPlan forecast(
            PlacementPolicy policy, PlanChoice choice, ImageModel model, Demand demand, long card, long host) {
        var room = new Planner.Room(card, policy.mostOnDevice(), 0);
        return new Planner(policy, choice, host).plan(model.networks(), demand, room);
    }

    /** Number of networks that were freed to make room for others. */
    public long evictions() {
        return evictions.sum();
    }

    /** Bytes that the largest run so far was predicted to take on the CPU beside weights. */
    public long largestWorkOnCpu() {
        return workOnCpu.get();
    }

    /**
     * Bytes of the card that the fullest run so far was predicted to leave free at its peak, with all that was there; {@link Long#MAX_VALUE}
     * before the first. Safe for several threads.
     */
    public long leastLeft() {
        return plans.leastLeft();
    }

    private void noteWork(List<Resident<?>> networks, Demand demand) {
        for (Resident<?> network : networks) {
            if (network.isOn(Device.CPU)) {
                Activations work = demand.in(network.required().placement().dtype());
                workOnCpu.accumulate(work.of(network.role(), false) + work.kept());
            }
        }
    }

    /**
     * Networks that are not in memory, the largest first. Their sizes are read before anything is freed: a checkpoint that is gone
     * displaces nobody.
     */
    private List<Load> onCpu(List<Resident<?>> networks) {
        return largestFirst(
                networks.stream().filter(network -> network.loaded().isEmpty()).map(network -> {
                    WeightSize size = network.size();
                    Placement placement = policy.preferred(size);
                    return new Load(network, placement, size.in(placement), 0);
                }));
    }

    private static List<Load> largestFirst(Stream<Load> loads) {
        return loads.sorted(Comparator.comparingLong(Load::bytes).reversed()).toList();
    }

    /** Loads by a plan what is not held so already. */
    private boolean hold(MemoryPlan plan, List<Resident<?>> networks, Progress progress) {
        List<MemoryPlan.Share> changed = plan.shares().stream()
                .filter(share -> share.network()
                        .loaded()
                        .filter(loaded -> loaded.placement().equals(share.placement()))
                        .isEmpty())
                .toList();
        if (changed.isEmpty()) {
            if (plans.isCrowded(plan, networks)) {
                LOG.infof("%s%s", plan, makeRoom(() -> plans.lacking(plan, networks), resident(), networks));
            }
            return false;
        }
        changed.forEach(share -> share.network().size()); // refuses files that are gone, before anything is freed
        changed.forEach(share -> share.network().close());
        String freed = makeRoom(() -> plans.lacking(plan, networks), resident(), networks);
        LOG.infof("%s%s", plan, freed);
        return loadAll(
                largestFirst(changed.stream()
                        .map(share -> new Load(
                                share.network(),
                                share.placement(),
                                share.inMemory(),
                                share.placement().device().isCard() ? share.onHost() : 0))),
                networks,
                progress);
    }

    private boolean loadAll(List<Load> missing, List<Resident<?>> together, Progress progress) {
        List<Resident<?>> fresh = new ArrayList<>();
        try {
            for (Load next : missing) {
                progress.checkCancelled();
                load(next, together);
                fresh.add(next.network);
            }
        } catch (RuntimeException | Error e) {
            fresh.forEach(Resident::close);
            throw e;
        }
        return !missing.isEmpty();
    }

    private void load(Load next, List<Resident<?>> together) {
        long start = System.nanoTime();
        String freed = next.placement.device().isCard()
                ? ""
                : makeRoom(
                        () -> next.bytes - policy.roomOnCpu(used(Device.CPU)),
                        on(Device.CPU).toList(),
                        together);
        next.network.load(next.placement, next.bytes, next.onHost);
        resident.add(next.network);
        LOG.infof(
                "loaded %s (%s, %s) in %.1f s%s",
                next.network,
                MemoryPlan.readable(next.bytes),
                next.placement,
                (System.nanoTime() - start) / 1e9,
                freed);
    }

    private long used(Device device) {
        long there = on(device).mapToLong(Resident::bytes).sum();
        return device.isCard()
                ? there
                : there + resident().stream().mapToLong(Resident::hostBytes).sum();
    }

    private Stream<Resident<?>> on(Device device) {
        return resident().stream().filter(network -> network.isOn(device));
    }

    private List<Resident<?>> resident() {
        resident.removeIf(network -> network.loaded().isEmpty());
        return List.copyOf(resident);
    }

    /**
     * Frees networks of other models until nothing lacks or none is left, and spares those that need not go.
     *
     * @param lacking bytes that are not free yet; asked anew, for what is freed on a card need not be there for others
     * @return the freed networks, for the log
     */
    private String makeRoom(LongSupplier lacking, List<Resident<?>> candidates, List<Resident<?>> together) {
        long needed = lacking.getAsLong();
        List<Resident<?>> others = candidates.stream()
                .filter(network -> !together.contains(network))
                .sorted(FIRST_TO_GO)
                .toList();
        List<Resident<?>> freed = new ArrayList<>();
        for (Resident<?> other : others) {
            if (needed <= 0) {
                break;
            }
            freed.add(other);
            needed -= other.bytes();
        }
        for (Resident<?> spared : List.copyOf(freed)) {
            if (needed + spared.bytes() <= 0) {
                freed.remove(spared);
                needed += spared.bytes();
            }
        }
        freed.forEach(Resident::close);
        for (Resident<?> other : others) {
            if (lacking.getAsLong() <= 0) {
                break;
            }
            if (!freed.contains(other)) {
                other.close();
                freed.add(other);
            }
        }
        evictions.add(freed.size());
        return freed.isEmpty()
                ? ""
                : freed.stream().map(Resident::toString).collect(Collectors.joining(", ", "; freed ", ""));
    }
}
