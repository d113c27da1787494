package dev.darkroom.ring;

import dev.darkroom.tensor.Device;
import dev.darkroom.tensor.Scope;
import java.util.List;
import java.util.stream.Stream;

/** All streamed blocks of a network, with memory of the host, and a place in the device's ring as long as the network is loaded. */
public final class StreamedBlocks implements AutoCloseable {
    private final BlockRing ring;
    private final int slots;
    private final List<Course> courses;
    private final Scope scope;

    private StreamedBlocks(BlockRing ring, int slots, List<Course> courses, Scope scope) {
        this.ring = ring;
        this.slots = slots;
        this.courses = courses;
        this.scope = scope;
    }

    /**
     * Allocates memory for blocks, and makes the device's ring large enough for them.
     *
     * @param slots that the ring is to have at least
     * @param courses in which they are used
     * @throws dev.darkroom.tensor.TensorException if memory runs out; nothing is left then
     */
    public static StreamedBlocks open(Device device, int slots, List<Course> courses) {
        BlockRing ring = BlockRing.of(device);
        var blocks = new StreamedBlocks(ring, slots, courses, Scope.open("weights on the host"));
        try {
            courses.forEach(Course::link);
            blocks.all().forEach(block -> {
                block.enter(ring);
                block.settle(ring.copies().allocate(block.bytes()));
            });
        } catch (RuntimeException | Error e) {
            blocks.scope.close();
            blocks.free();
            throw e;
        }
        blocks.scope.detach();
        try {
            ring.add(blocks);
        } catch (RuntimeException | Error e) {
            blocks.scope.close();
            blocks.free();
            throw e;
        }
        return blocks;
    }

    /** Number of slots that the network needs. */
    int slots() {
        return largest() == 0 ? 0 : slots;
    }

    /** Bytes of the largest block. */
    long largest() {
        return all().mapToLong(StreamedBlock::bytes).max().orElse(0);
    }

    Stream<StreamedBlock> all() {
        return courses.stream().flatMap(Course::all);
    }

    /** Numbers the slots of a ring for all blocks. */
    void number(int count) {
        courses.forEach(course -> course.number(count));
    }

    /** Leaves the ring and frees the memory, once no copy reads it any more. */
    @Override
    public void close() {
        try {
            ring.remove(this);
        } finally {
            try {
                scope.close();
            } finally {
                free();
            }
        }
    }

    private void free() {
        all().forEach(block -> block.release(ring.copies()));
    }
}
