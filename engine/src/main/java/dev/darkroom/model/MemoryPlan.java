package dev.darkroom.model;

import dev.darkroom.weights.HeldSizes;
import dev.darkroom.weights.Placement;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The way in which a model's networks are held while it draws, and what that is predicted to take on the device at the peak.
 *
 * @param shares one for each network
 * @param card true if the machine has a card, whether networks are on it or not
 * @param vaeInBands true if the autoencoder's peak is counted as that of small bands, for which it has room
 * @param work bytes at the peak beside the weights: activations, what is kept, and what libraries take
 * @param room bytes that the device had for all of it
 */
public record MemoryPlan(List<Share> shares, boolean card, boolean vaeInBands, long work, long room) {
    public MemoryPlan {
        shares = List.copyOf(shares);
    }

    /** A network's part of the plan. */
    public record Share(Resident<?> network, Placement placement, HeldSizes.Bytes bytes) {
        /** Bytes on the card for good; 0 for a network that computes elsewhere. */
        public long onCard() {
            return placement.device().isCard() ? bytes.device() : 0;
        }

        /** Bytes that the network itself takes where it computes. */
        long inMemory() {
            return bytes.device();
        }

        /** Bytes in memory of the host, where a card computes with them. */
        public long onHost() {
            return placement.device().isCard() ? bytes.host() + bytes.table() : bytes.device();
        }
    }

    /** Bytes of weights on the device: those that stay, and the ring that streamed blocks go through. */
    public long weights() {
        return card
                ? shares.stream().mapToLong(Share::onCard).sum() + ring()
                : shares.stream().mapToLong(Share::inMemory).sum();
    }

    /** Bytes of the ring that streamed blocks go through. */
    public long ring() {
        long slot = shares.stream()
                .filter(share -> share.placement.device().isCard())
                .mapToLong(share -> share.bytes.slot())
                .max()
                .orElse(0);
        int slots = shares.stream()
                .filter(share -> share.placement.device().isCard())
                .mapToInt(share -> share.bytes.slots())
                .max()
                .orElse(0);
        return slot * slots;
    }

    /** Bytes of weights in the host's memory. */
    public long onHost() {
        return shares.stream().mapToLong(Share::onHost).sum();
    }

    /** Predicted bytes on the device at the peak. */
    public long peak() {
        return weights() + work;
    }

    /** True if the device has room for the peak. */
    public boolean fits() {
        return peak() <= room;
    }

    /** True if another plan holds every network in the same way. */
    public boolean holdsAs(MemoryPlan other) {
        return placements().equals(other.placements());
    }

    private List<Placement> placements() {
        return shares.stream().map(Share::placement).toList();
    }

    /** Says for the log how the networks are held. */
    @Override
    public String toString() {
        String networks = shares.stream()
                .collect(Collectors.groupingBy(
                        share -> share.placement.toString(),
                        java.util.LinkedHashMap::new,
                        Collectors.mapping(share -> share.network.component(), Collectors.joining(", "))))
                .entrySet()
                .stream()
                .map(group -> group.getValue() + " " + group.getKey())
                .collect(Collectors.joining("; "));
        return networks + (vaeInBands ? "; vae in bands" : "") + ": weights " + readable(weights()) + ", "
                + readable(onHost()) + " on the host, peak " + readable(peak()) + " of " + readable(room);
    }

    /** Writes bytes as people read them. */
    public static String readable(long bytes) {
        return Math.abs(bytes) < 1_000_000_000
                ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
                : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
}
