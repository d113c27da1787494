package dev.darkroom.ring;

import dev.darkroom.tensor.DType;
import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.DeviceMemory;
import dev.darkroom.tensor.Scope;
import dev.darkroom.tensor.Tensor;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The weights of one block: their home is host memory, and before they are computed with they come into a slot on the device. */
public final class StreamedBlock {
    private final String name;
    private final long bytes;
    private final Map<Tensor, Place> views = new IdentityHashMap<>();
    private @Nullable HostMemory home;
    private @Nullable BlockRing ring;
    private StreamedBlock next = this;

    /** The slot that the block comes into, by its number and itself. */
    int number;

    @Nullable
    Slot slot;

    /** Where a view lies in the block. */
    @SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
    private record Place(DType dtype, long start, long... shape) {}

    /**
     * Makes a block, whose memory {@link StreamedBlocks} allocates.
     *
     * @param name for messages
     */
    public StreamedBlock(String name, long bytes) {
        this.name = name;
        this.bytes = bytes;
    }

    public long bytes() {
        return bytes;
    }

    /** The memory of the host that is to be filled with the block's bytes; empty where tensors have no numbers. */
    public Optional<DeviceMemory> home() {
        return ownHome().isThere() ? Optional.of(ownHome().memory()) : Optional.empty();
    }

    /** Returns the elements from byte {@code start} on as a view of the block's slot: they are there after {@link #bring}. */
    public Tensor tensor(DType dtype, long start, long... shape) {
        Tensor view = ownSlot().memory().tensor(dtype, start, shape);
        views.put(view, new Place(dtype, start, shape));
        return view;
    }

    /** Makes a tensor of the numbers of a view, on the device, whatever is in the slot: for work outside of the order of blocks. */
    public Tensor copy(Tensor view, Device device) {
        Place place = Objects.requireNonNull(views.get(view), "not a view of this block");
        if (!ownHome().isThere()) {
            return view;
        }
        try (var scope = Scope.open("copy of a weight")) {
            return scope.keep(ownHome()
                    .memory()
                    .tensor(place.dtype, place.start, place.shape)
                    .to(device)
                    .copy());
        }
    }

    /**
     * Has the block's weights on the device for what is computed next, and those that follow come meanwhile. They stay until another block
     * is asked for.
     */
    public void bring() {
        Objects.requireNonNull(ring, "ring").bring(this);
    }

    /** The block that is used after this one, by all that is known. */
    StreamedBlock next() {
        return next;
    }

    void follow(StreamedBlock one) {
        next = one;
    }

    void enter(BlockRing its) {
        ring = its;
    }

    void settle(HostMemory memory) {
        home = memory;
    }

    /** Gives back the memory of the host, which no tensor is a view of any more. */
    void release(Copies copies) {
        if (home != null) {
            copies.free(home);
            home = null;
        }
    }

    HostMemory ownHome() {
        return Objects.requireNonNull(home, "home");
    }

    Slot ownSlot() {
        return Objects.requireNonNull(slot, "slot");
    }

    /** Moves to another slot, and all views of the block with it. */
    void move(Slot other) {
        slot = other;
        views.forEach((view, place) -> other.memory().rebind(view, place.dtype, place.start));
    }

    @Override
    public String toString() {
        return name;
    }
}
