package dev.darkroom.ring;

import dev.darkroom.tensor.Scope;

/** How the bytes of blocks come from the host into slots. */
interface Copies {
    /** Memory of the host for a block, in the innermost scope. */
    HostMemory allocate(long bytes);

    /** Brings as many bytes as a block has from its memory into a slot, behind all that the device was asked for before. */
    void start(HostMemory from, Slot to);

    /** Has the device wait with what it is asked for from now on until a slot's bytes are there. */
    void await(Slot slot);

    /** Waits until no copy is under way. */
    void finish();

    /** Gives back what belongs to a slot beside its memory. */
    void forget(Slot slot);

    /** Gives back memory that no tensor is a view of any more, and that no copy reads. */
    void free(HostMemory memory);

    /** Copies as the device itself does, one after another with what it computes. */
    class InOrder implements Copies {
        @Override
        public HostMemory allocate(long bytes) {
            return HostMemory.ordinary(bytes);
        }

        @Override
        public void start(HostMemory from, Slot to) {
            try (var copy = Scope.open("copy of a block")) {
                to.memory().copy(from.memory(), from.bytes());
            }
        }

        @Override
        public void await(Slot slot) {}

        @Override
        public void finish() {}

        @Override
        public void forget(Slot slot) {}

        @Override
        public void free(HostMemory memory) {}
    }

    /** Copies nothing, where tensors have no numbers. */
    final class None extends InOrder {
        @Override
        public HostMemory allocate(long bytes) {
            return HostMemory.none(bytes);
        }

        @Override
        public void start(HostMemory from, Slot to) {}
    }
}
