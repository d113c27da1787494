package dev.darkroom.memory;

import dev.darkroom.memory.Readings.Heap;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.Objects;

/** Java's own heap, by its management beans. */
final class JavaHeap {
    private JavaHeap() {}

    static Heap read() {
        MemoryUsage now = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        long collected = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getCollectionUsage)
                .filter(Objects::nonNull)
                .mapToLong(MemoryUsage::getUsed)
                .sum();
        return new Heap(now.getUsed(), now.getCommitted(), now.getMax(), collected);
    }
}
