package dev.darkroom.model;

import dev.darkroom.model.Planner.Room;
import dev.darkroom.ring.Rings;
import dev.darkroom.weights.PlacementPolicy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The plans by which models are held, and what was learnt of them on a card. A plan stays as long as jobs fit it; one for a larger job holds
 * less on the card, and after it the second of two smaller jobs brings back what there is room for. A plan by which memory ran out is never
 * made again.
 */
final class Plans {
    /** Parts of a card's memory by which more is taken to be lacking each time that memory runs out. */
    private static final int LESSON = 32;

    /** Jobs in a row that a smaller plan than theirs has to bear before it is given up. */
    private static final int OUTGROWN = 2;

    /** Part of the weights on the card by which they have to grow, for networks are loaded anew for it. */
    private static final int WORTHWHILE = 10;

    /** Jobs after which a card is asked again what it has free, for a model that is not there as a whole. */
    private static final int BETWEEN_LOOKS = 32;

    private final PlacementPolicy policy;
    private final Planner planner;
    private final long host;
    private final Supplier<List<Resident<?>>> resident;
    private int looks;
    private final Map<List<Resident<?>>, Planned> planned = new ConcurrentHashMap<>();
    private final LongAccumulator leastLeft = new LongAccumulator(Math::min, Long.MAX_VALUE);

    /**
     * The plan of a model.
     *
     * @param lacking bytes that work takes more than is predicted, as far as memory has run out
     * @param outgrown jobs in a row for which there was a plan that keeps more on the card
     */
    private record Planned(MemoryPlan plan, long lacking, int outgrown) {}

    /**
     * @param host bytes that weights may take in the host's memory where the card computes with them
     * @param resident gives the networks that are in memory, of all models
     */
    Plans(PlacementPolicy policy, Planner planner, long host, Supplier<List<Resident<?>>> resident) {
        this.policy = policy;
        this.planner = planner;
        this.host = host;
        this.resident = resident;
    }

    /** Chooses the plan for a run: the last one if the run fits it. */
    MemoryPlan choose(List<Resident<?>> networks, Demand demand) {
        Planned last = planned.get(networks);
        boolean allThere =
                networks.stream().allMatch(network -> network.loaded().isPresent());
        if (last == null || !allThere) {
            return keep(networks, plan(networks, demand, lacking(last)), lacking(last), 0);
        }
        // the driver is not asked for each job: what it has free changes little, and asking empties libtorch's cache
        boolean whole = last.plan.shares().stream()
                .allMatch(share -> share.placement().device().isCard()
                        && !share.placement().holding().isStreamed());
        Room room = !whole && ++looks % BETWEEN_LOOKS == 0
                ? room(last.lacking)
                : new Room(last.plan.room(), policy.mostOnDevice(), last.lacking);
        MemoryPlan same = planner.again(last.plan, demand, room);
        MemoryPlan best = planner.plan(networks, demand, room);
        if (best.holdsAs(same)) {
            return keep(networks, same, last.lacking, 0);
        }
        boolean little = best.weights() - same.weights() < same.weights() / WORTHWHILE;
        if (same.fits() && (little || last.outgrown + 1 < OUTGROWN)) {
            return keep(networks, same, last.lacking, little ? 0 : last.outgrown + 1);
        }
        return keep(networks, plan(networks, demand, last.lacking), last.lacking, 0);
    }

    /** Notes the plan of a run on a machine without a card. */
    void onCpu(List<Resident<?>> networks, Demand demand) {
        MemoryPlan plan = planner.onCpu(networks, demand, policy.roomOnCpu(0));
        keep(networks, plan, 0, 0);
    }

    private static long lacking(@Nullable Planned last) {
        return last == null ? 0 : last.lacking;
    }

    private MemoryPlan keep(List<Resident<?>> networks, MemoryPlan plan, long lacking, int outgrown) {
        planned.put(networks, new Planned(plan, lacking, outgrown));
        return plan;
    }

    private MemoryPlan plan(List<Resident<?>> networks, Demand demand, long lacking) {
        return planner.plan(networks, demand, room(lacking));
    }

    /** Learns that memory has run out by a model's plan; returns false if there is no smaller one. */
    boolean stepDown(List<Resident<?>> networks, Demand demand) {
        Planned failed = planned.get(networks);
        if (failed == null) {
            return false;
        }
        long total = policy.device().totalBytes();
        long lacking = failed.lacking;
        while (lacking < total) {
            lacking += Math.max(1, total / LESSON);
            Room room = new Room(failed.plan.room(), policy.mostOnDevice(), lacking);
            MemoryPlan smaller = planner.plan(networks, demand, room);
            if (smaller.weights() < failed.plan.weights()) {
                keep(networks, smaller, lacking, 0);
                return true;
            }
        }
        return false;
    }

    /** Notes that a plan's networks are on the card, beside those of other models that need not go for it. */
    void held(MemoryPlan plan, List<Resident<?>> networks) {
        long others = bytes(onCard.get().stream()
                .filter(network -> !networks.contains(network))
                .toList());
        leastLeft.accumulate(plan.room() - plan.peak() - others);
    }

    /** The least that any plan so far leaves free of the card at its peak, negative for one that did not fit. */
    long leastLeft() {
        return leastLeft.get();
    }

    Optional<MemoryPlan> of(List<Resident<?>> networks) {
        return Optional.ofNullable(planned.get(networks)).map(Planned::plan);
    }

    /** True if all networks of a model would stay on the card, beside all that are there. */
    boolean allFit(List<Resident<?>> networks, Demand demand) {
        MemoryPlan whole = planner.whole(networks, demand, room(0));
        return lacking(whole, networks) <= 0;
    }

    /**
     * Bytes that a plan lacks as long as other models' networks are where they are, on the card or in the host's memory; none are free too
     * many if negative.
     */
    long lacking(MemoryPlan plan, List<Resident<?>> networks) {
        List<Resident<?>> others = others(networks);
        long own = bytes(networks);
        long ring = Math.min(Rings.bytes(policy.device()), plan.ring());
        long bytes = plan.peak() - own - ring - policy.freeOnCard();
        long weights = plan.weights() + bytes(others) - policy.mostOnDevice();
        long onHost = plan.onHost()
                + others.stream().mapToLong(Resident::hostBytes).sum()
                - host;
        return Math.max(bytes, Math.max(weights, onHost));
    }

    /** True if a plan that was made for the whole card has other models' networks beside it now, and no room for them. */
    boolean isCrowded(MemoryPlan plan, List<Resident<?>> networks) {
        return plan.peak() + bytes(others(networks)) > plan.room();
    }

    private List<Resident<?>> others(List<Resident<?>> networks) {
        return resident.get().stream()
                .filter(network -> !networks.contains(network))
                .toList();
    }

    /** What the card has for a model if all others are gone from it. */
    private Room room(long lacking) {
        return new Room(
                policy.freeOnCard() + bytes(resident.get()) + Rings.bytes(policy.device()),
                policy.mostOnDevice(),
                lacking);
    }

    /** Bytes that networks take on the card. */
    private long bytes(List<Resident<?>> networks) {
        return networks.stream()
                .filter(network -> network.isOn(policy.device()))
                .mapToLong(Resident::bytes)
                .sum();
    }
}
