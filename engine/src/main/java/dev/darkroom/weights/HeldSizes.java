package dev.darkroom.weights;

import dev.darkroom.weights.file.Part;
import dev.darkroom.weights.file.Part.Kind;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What a network's weights take, to the byte, by the way in which they are held: from the headers of its files alone. */
public final class HeldSizes {
    private final PlannedParts plan;
    private final Map<Holding, Bytes> known = new ConcurrentHashMap<>();

    HeldSizes(PlannedParts plan) {
        this.plan = plan;
    }

    /**
     * Bytes of a network's weights.
     *
     * @param device on the device for good
     * @param slot of the largest block that is streamed; the ring's slots are at least as large
     * @param slots that the ring has at least; 0 if nothing is streamed
     * @param streamed that come to the device in every pass
     * @param host in memory of the host, page-locked where the device is a card
     * @param table of tables on the host, which are mapped if they are stored in the type asked for
     */
    public record Bytes(long device, long slot, int slots, long streamed, long host, long table) {
        /** What the network takes on a device where no other one is streamed. */
        public long alone() {
            return device + slots * slot;
        }
    }

    /** Number of blocks that can be streamed. */
    public int blocks() {
        return plan.of(Kind.BLOCK).size();
    }

    /** What the weights take if they are held so. */
    public Bytes of(Holding holding) {
        return known.computeIfAbsent(holding, this::computed);
    }

    private Bytes computed(Holding holding) {
        return switch (holding) {
            case Holding.Resident all -> new Bytes(plan.whole().bytes(), 0, 0, 0, 0, 0);
            case Holding.Streamed how -> {
                List<Part> streamed = plan.streamed(how);
                yield new Bytes(
                        plan.resident(how).bytes(),
                        streamed.stream().mapToLong(this::bytes).max().orElse(0),
                        streamed.isEmpty() ? 0 : how.slots(),
                        streamed.stream()
                                .filter(part -> part.kind() == Kind.BLOCK)
                                .mapToLong(this::bytes)
                                .sum(),
                        streamed.stream().mapToLong(this::bytes).sum(),
                        plan.of(Kind.TABLE).stream().mapToLong(this::bytes).sum());
            }
        };
    }

    private long bytes(Part part) {
        return plan.only(part).bytes();
    }
}
