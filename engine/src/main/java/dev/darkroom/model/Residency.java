package dev.darkroom.model;

import dev.darkroom.job.Progress;
import dev.darkroom.tensor.Device;
import dev.darkroom.weights.Placement;
import dev.darkroom.weights.PlacementPolicy;
import dev.darkroom.weights.WeightSize;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
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
    private final Set<Resident<?>> resident = new LinkedHashSet<>();
    private long uses;

    public Residency(PlacementPolicy policy) {
        this.policy = policy;
    }

    /** A network that is to be loaded, and the size of its weights. */
    private record Missing(Resident<?> network, WeightSize size) {}

    /**
     * Brings a model's networks into memory, the largest first: it is the one that needs the card most. If one cannot be loaded, those
     * that came before it are freed again, for they are of no use alone.
     *
     * @param networks all that the model computes with
     * @param progress checked for cancellation between two networks
     * @return true if anything had to be loaded
     * @throws dev.darkroom.checkpoint.CheckpointException if the files are gone or do not fit their config
     */
    public boolean prepare(List<Resident<?>> networks, Progress progress) {
        uses++;
        networks.forEach(network -> network.use(uses));
        List<Missing> missing = missing(networks);
        List<Resident<?>> fresh = new ArrayList<>();
        try {
            for (Missing next : missing) {
                progress.checkCancelled();
                load(next, networks);
                fresh.add(next.network);
            }
        } catch (RuntimeException | Error e) {
            fresh.forEach(Resident::close);
            throw e;
        }
        return !missing.isEmpty();
    }

    /** True if all of a model's networks can be loaded where they compute best, without freeing others. */
    public boolean hasRoomFor(List<Resident<?>> networks) {
        long needed = missing(networks).stream()
                .mapToLong(next -> next.size.in(policy.preferred(next.size)))
                .sum();
        return needed <= room(policy.device());
    }

    /**
     * Networks that are not in memory, the largest first. Their sizes are read before anything is freed: a checkpoint that is gone
     * displaces nobody.
     */
    private static List<Missing> missing(List<Resident<?>> networks) {
        return networks.stream()
                .filter(network -> network.loaded().isEmpty())
                .map(network -> new Missing(network, network.size()))
                .sorted(Comparator.comparingLong((Missing next) -> next.size.elements())
                        .reversed())
                .toList();
    }

    private void load(Missing next, List<Resident<?>> together) {
        long start = System.nanoTime();
        Placement placement = policy.preferred(next.size);
        long needed = next.size.in(placement);
        if (placement.device().isCard() && needed > room(placement.device()) + displaceable(placement, together)) {
            placement = policy.onCpu(next.size);
            needed = next.size.in(placement);
        }
        String freed = makeRoom(needed, placement, together);
        next.network.load(placement, needed);
        resident.add(next.network);
        LOG.infof(
                "loaded %s (%s, %s) in %.1f s%s",
                next.network, readable(needed), placement, (System.nanoTime() - start) / 1e9, freed);
    }

    private long room(Device device) {
        resident.removeIf(network -> network.loaded().isEmpty());
        long used = resident.stream()
                .filter(network -> network.isOn(device))
                .mapToLong(Resident::bytes)
                .sum();
        return policy.room(device, used);
    }

    private long displaceable(Placement placement, List<Resident<?>> together) {
        return others(placement, together).stream().mapToLong(Resident::bytes).sum();
    }

    /** Networks of other models on a device, in the order in which they are to be freed. */
    private List<Resident<?>> others(Placement placement, List<Resident<?>> together) {
        return resident.stream()
                .filter(network -> network.isOn(placement.device()) && !together.contains(network))
                .sorted(FIRST_TO_GO)
                .toList();
    }

    /**
     * Frees networks of other models until there is room or none is left, and spares those that need not go.
     *
     * @return the freed networks, for the log
     */
    private String makeRoom(long needed, Placement placement, List<Resident<?>> together) {
        long lacking = needed - room(placement.device());
        List<Resident<?>> freed = new ArrayList<>();
        for (Resident<?> other : others(placement, together)) {
            if (lacking <= 0) {
                break;
            }
            freed.add(other);
            lacking -= other.bytes();
        }
        for (Resident<?> spared : List.copyOf(freed)) {
            if (lacking + spared.bytes() <= 0) {
                freed.remove(spared);
                lacking += spared.bytes();
            }
        }
        freed.forEach(Resident::close);
        for (Resident<?> other : others(placement, together)) {
            if (needed <= room(placement.device())) { // on a card, freed memory need not be available to other networks
                break;
            }
            other.close();
            freed.add(other);
        }
        return freed.isEmpty()
                ? ""
                : freed.stream().map(Resident::toString).collect(Collectors.joining(", ", "; freed ", ""));
    }

    private static String readable(long bytes) {
        return bytes < 1_000_000_000
                ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
                : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
}
