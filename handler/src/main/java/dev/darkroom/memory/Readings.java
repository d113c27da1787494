package dev.darkroom.memory;

import java.util.Optional;

/** Memory in bytes as it was at one time: of the machine, the container, the card and this process. What the system does not tell is empty. */
public record Readings(
        Optional<Host> host, Optional<Container> container, Optional<Card> card, Optional<Process> process, Heap heap) {
    /**
     * Memory of the machine.
     *
     * @param available what programs could get without swapping
     */
    public record Host(long available, long total) {}

    /**
     * Memory of the container: of the control group with the least left, where any has a limit.
     *
     * @param used without what the system takes back before it ends anybody: pages of files, such as those of mapped weights
     */
    public record Container(long used, long max) {}

    /**
     * Memory of the card, by its driver.
     *
     * @param free without what libtorch keeps for its next tensors
     * @param planned what the fullest plan so far leaves free; {@link Long#MAX_VALUE} before the first
     */
    public record Card(long free, long total, long planned) {}

    /**
     * Memory of this process.
     *
     * @param resident all that is in memory, with the pages of mapped files
     * @param anonymous the same without those
     */
    public record Process(long resident, long anonymous) {}

    /**
     * Java's heap.
     *
     * @param committed what it has from the system
     * @param collected what was in use when garbage was last collected
     */
    public record Heap(long used, long committed, long max, long collected) {}

    /** Bytes of the process outside of Java's heap. */
    public Optional<Long> offHeap() {
        return process.map(all -> Math.max(0, all.resident - heap.committed));
    }
}
