package dev.darkroom.model;

import dev.darkroom.weights.HeldSizes;
import dev.darkroom.weights.Holding;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.PlacementPolicy;

/** Loads networks with their weights held as a test wants it. */
public final class HeldNetworks {
    private HeldNetworks() {}

    /** Loads all networks of a model where they compute best, as if there were room for everything. */
    public static void load(ImageModel model, PlacementPolicy policy, Holding holding) {
        for (Resident<?> network : model.networks()) {
            load(network, policy.preferred(network.size()).held(holding));
        }
    }

    /** Loads a network. */
    public static <T> Resident<T> load(Resident<T> network, Placement placement) {
        network.load(placement, sizes(network, placement).device(), 0);
        return network;
    }

    /** What a network takes in a placement. */
    public static HeldSizes.Bytes sizes(Resident<?> network, Placement placement) {
        return network.sizes(placement.dtype(), placement.precision()).of(placement.holding());
    }
}
