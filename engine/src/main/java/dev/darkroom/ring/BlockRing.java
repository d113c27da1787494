package dev.darkroom.ring;

import dev.darkroom.tensor.Device;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The slots of a device through which the blocks of all streamed networks go. There are as many as the most demanding network asks for, each
 * as large as the largest block of all, and none while no network is streamed. A block always comes into the same slot; whose block is in it
 * is noted there, for networks take turns.
 */
final class BlockRing {
    /** Bound where tests have the copies of a card made by something else: a ring of its own. */
    static final ScopedValue<BlockRing> OTHER = ScopedValue.newInstance();

    private static final Map<Device, BlockRing> RINGS = new HashMap<>();

    private final Device device;
    private final Copies copies;
    private final List<StreamedBlocks> networks = new ArrayList<>();
    private final List<Slot> slots = new ArrayList<>();

    BlockRing(Device device, Copies copies) {
        this.device = device;
        this.copies = copies;
    }

    /** The process's ring on a device. */
    static BlockRing of(Device device) {
        if (OTHER.isBound()) {
            return OTHER.get();
        }
        synchronized (RINGS) {
            return RINGS.computeIfAbsent(
                    device,
                    its -> new BlockRing(
                            its,
                            its.isCuda()
                                    ? CardCopies.open()
                                    : its.equals(Device.META) ? new Copies.None() : new Copies.InOrder()));
        }
    }

    Copies copies() {
        return copies;
    }

    /** Bytes that the slots take on the device. */
    synchronized long bytes() {
        return slots.stream().mapToLong(Slot::bytes).sum();
    }

    /** Takes a network up, and makes room for its largest block; if there is none, all is as it was. */
    synchronized void add(StreamedBlocks network) {
        networks.add(network);
        try {
            fit();
        } catch (RuntimeException | Error e) {
            networks.remove(network);
            throw e;
        }
        seat(network);
    }

    /** Lets a network go; when this returns, nothing is read from its memory any more. */
    synchronized void remove(StreamedBlocks network) {
        copies.finish();
        networks.remove(network);
        network.all().forEach(block -> {
            if (block.ownSlot().holds == block) {
                block.ownSlot().holds = null;
            }
        });
        // smaller slots would have to be made before the larger ones go, which must not fail here: those stay until nobody needs any
        if (networks.isEmpty()) {
            while (!slots.isEmpty()) {
                close(slots.removeLast());
            }
        }
    }

    private void seat(StreamedBlocks network) {
        network.number(slots.size());
        network.all().forEach(block -> block.slot = slots.get(block.number));
    }

    /** Makes the slots as many and as large as the networks need, one after another, so that old and new ones are not all there at once. */
    private void fit() {
        long bytes = networks.stream().mapToLong(StreamedBlocks::largest).max().orElse(0);
        int count = networks.stream().mapToInt(StreamedBlocks::slots).max().orElse(0);
        if (count <= slots.size() && slots.stream().allMatch(slot -> slot.bytes() >= bytes)) {
            return;
        }
        copies.finish();
        networks.forEach(network -> network.number(Math.max(count, slots.size())));
        for (int i = 0; i < count; i++) {
            if (i >= slots.size() || slots.get(i).bytes() < bytes) {
                replace(i, Slot.allocate(device, bytes)); // one that cannot be had leaves the others as they are
            }
        }
    }

    private void replace(int number, Slot slot) {
        networks.stream()
                .flatMap(StreamedBlocks::all)
                .filter(block -> block.number == number && block.slot != null)
                .forEach(block -> block.move(slot));
        if (number < slots.size()) {
            close(slots.set(number, slot));
        } else {
            slots.add(slot);
        }
    }

    private void close(Slot slot) {
        copies.forget(slot);
        slot.close();
    }

    /** Has the device wait for a block, and those that follow it come meanwhile. */
    synchronized void bring(StreamedBlock block) {
        fetch(block);
        copies.await(block.ownSlot());
        Set<Slot> taken = new HashSet<>(Set.of(block.ownSlot()));
        StreamedBlock next = block.next();
        while (taken.add(next.ownSlot())) {
            fetch(next);
            next = next.next();
        }
    }

    private void fetch(StreamedBlock block) {
        Slot slot = block.ownSlot();
        if (slot.holds != block) {
            slot.holds = null; // a copy that fails leaves half a block
            copies.start(block.ownHome(), slot);
            slot.holds = block;
        }
    }
}
