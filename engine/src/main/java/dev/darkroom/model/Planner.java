package dev.darkroom.model;

import dev.darkroom.model.MemoryPlan.Share;
import dev.darkroom.model.PlanChoice.Way;
import dev.darkroom.weights.HeldSizes;
import dev.darkroom.weights.Holding;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.PlacementPolicy;
import java.util.List;
import java.util.function.Function;

/**
 * Chooses how a model's networks are held, so that the whole run fits on the device: the first of these that does.
 *
 * <ol>
 *   <li>all networks resident;
 *   <li>the same, with the autoencoder in bands, which costs little;
 *   <li>text encoders streamed, which work once for each prompt; then with bands too;
 *   <li>the transformer streamed but for as many blocks as there is room for;
 *   <li>besides, text encoders on the CPU; then the autoencoder too; then all.
 * </ol>
 *
 * <p>All of them draw the same picture; numbers that are stored with fewer bits are never chosen here.
 */
final class Planner {
    private final PlacementPolicy policy;
    private final PlanChoice choice;
    private final Workspace workspace;
    private final long host;

    /** @param host bytes that weights may take in the host's memory where the card computes with them */
    Planner(PlacementPolicy policy, PlanChoice choice, long host) {
        this.policy = policy;
        this.choice = choice;
        this.host = host;
        this.workspace = Workspace.of(policy.device());
    }

    /**
     * What a device has for a model.
     *
     * @param bytes for weights and work
     * @param weights for weights alone, as the operator has it
     * @param lacking bytes that work took more than was predicted when memory last ran out
     */
    record Room(long bytes, long weights, long lacking) {}

    /** Chooses the plan of a model on a card. */
    MemoryPlan plan(List<Resident<?>> networks, Demand demand, Room room) {
        for (Step step : Step.values()) {
            for (boolean inBands : step.bands()) {
                for (int blocks = step.streamsBlocks() ? blocks(networks) - 1 : 0; blocks >= 0; blocks--) {
                    int staying = blocks;
                    MemoryPlan plan =
                            plan(networks, demand, room, inBands, network -> step.way(network, staying));
                    if (plan.fits() && plan.weights() <= room.weights && plan.onHost() <= host) {
                        return plan;
                    }
                }
            }
        }
        return plan(networks, demand, room, true, network -> new Way.OnCpu());
    }

    /** Number of blocks of the transformer. */
    private int blocks(List<Resident<?>> networks) {
        return networks.stream()
                .filter(network -> network.role() == Resident.Role.TRANSFORMER)
                .mapToInt(network ->
                        sizes(network, policy.preferred(network.knownSize())).blocks())
                .max()
                .orElse(0);
    }

    /** The plan on a machine without a card, whether it fits or not. */
    MemoryPlan onCpu(List<Resident<?>> networks, Demand demand, long room) {
        List<Share> shares = networks.stream()
                .map(network -> share(network, new Way.OnCpu()))
                .toList();
        return of(shares, demand, new Room(room, room, 0), true);
    }

    /** The plan that keeps all networks on the card, whether it fits or not. */
    MemoryPlan whole(List<Resident<?>> networks, Demand demand, Room room) {
        return plan(networks, demand, room, false, network -> Step.RESIDENT.way(network, 0));
    }

    /** The same plan for another run: in bands if it does not fit whole. */
    MemoryPlan again(MemoryPlan plan, Demand demand, Room room) {
        MemoryPlan whole = of(plan.shares(), demand, room, false);
        return whole.fits() ? whole : of(plan.shares(), demand, room, true);
    }

    /** The ways down, each of which takes less of the card than the one before. */
    private enum Step {
        RESIDENT,
        ENCODERS_STREAMED,
        BLOCKS_STREAMED,
        ENCODERS_ON_CPU,
        VAE_ON_CPU;

        /** Whether the autoencoder is counted whole, in bands, or first so and then so. */
        private List<Boolean> bands() {
            return compareTo(BLOCKS_STREAMED) < 0 ? List.of(false, true) : List.of(true);
        }

        private boolean streamsBlocks() {
            return compareTo(BLOCKS_STREAMED) >= 0;
        }

        private Way way(Resident<?> network, int blocks) {
            return switch (network.role()) {
                case TEXT_ENCODER ->
                    compareTo(ENCODERS_ON_CPU) >= 0
                            ? new Way.OnCpu()
                            : new Way.OnCard(this == RESIDENT ? Holding.RESIDENT : Holding.STREAMED);
                case TRANSFORMER ->
                    new Way.OnCard(compareTo(BLOCKS_STREAMED) >= 0 ? Holding.streamed(blocks) : Holding.RESIDENT);
                case VAE -> compareTo(VAE_ON_CPU) >= 0 ? new Way.OnCpu() : new Way.OnCard(Holding.RESIDENT);
            };
        }
    }

    private MemoryPlan plan(
            List<Resident<?>> networks, Demand demand, Room room, boolean inBands, Function<Resident<?>, Way> usual) {
        List<Share> shares = networks.stream()
                .map(network -> share(network, choice.of(network.component()).orElseGet(() -> usual.apply(network))))
                .toList();
        return of(shares, demand, room, inBands);
    }

    private MemoryPlan of(List<Share> shares, Demand demand, Room room, boolean inBands) {
        long activations = 0;
        long kept = 0;
        for (Share share : shares) {
            if (share.placement().device().equals(policy.device())) {
                Activations here = demand.in(share.placement().dtype());
                long unpacked = share.network().knownSize().workspace(share.placement());
                activations = Math.max(activations, here.of(share.network().role(), inBands) + unpacked);
                kept = Math.max(kept, here.kept());
            }
        }
        boolean card = policy.device().isCard();
        // what is kept is a bound, which small pictures on a CPU never come near
        long work = workspace.around(activations) + (card ? kept : 0) + room.lacking;
        return new MemoryPlan(shares, card, card && inBands, work, room.bytes);
    }

    private Share share(Resident<?> network, Way way) {
        return switch (way) {
            case Way.OnCard(Holding holding) -> {
                Placement placement = policy.preferred(network.knownSize()).held(holding);
                HeldSizes sizes = sizes(network, placement);
                // what has no blocks to stream is resident
                yield sizes.blocks() == 0
                        ? new Share(network, placement.held(Holding.RESIDENT), sizes.of(Holding.RESIDENT))
                        : new Share(network, placement, sizes.of(holding));
            }
            case Way.OnCpu ignored -> {
                Placement placement = policy.onCpu(network.knownSize());
                yield new Share(
                        network,
                        placement,
                        new HeldSizes.Bytes(network.knownSize().in(placement), 0, 0, 0, 0, 0));
            }
        };
    }

    private static HeldSizes sizes(Resident<?> network, Placement placement) {
        return network.sizes(placement.dtype(), placement.precision());
    }
}
