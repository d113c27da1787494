package dev.darkroom.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** One function on the card, ready to be launched. */
public final class Kernel {
    private static final long SLOT = 8;

    private final String name;
    private final CudaDriver driver;
    private final MemorySegment function;
    private final CurrentStream stream;

    Kernel(String name, CudaDriver driver, MemorySegment function, CurrentStream stream) {
        this.name = name;
        this.driver = driver;
        this.function = function;
        this.stream = stream;
    }

    /**
     * Launches {@code columns × rows} blocks of {@code threads} on libtorch's stream.
     *
     * @param arguments addresses and int64 as {@code Long}, int32 as {@code Integer}, float32 as {@code Float}: as the function declares
     *     them
     */
    void launch(long columns, long rows, int threads, Object... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(SLOT * arguments.length, SLOT);
            MemorySegment pointers = arena.allocate(ADDRESS, arguments.length);
            for (int i = 0; i < arguments.length; i++) {
                switch (arguments[i]) {
                    case Long number -> values.set(JAVA_LONG, SLOT * i, number);
                    case Integer number -> values.set(JAVA_INT, SLOT * i, number);
                    case Float number -> values.set(JAVA_FLOAT, SLOT * i, number);
                    default -> throw new IllegalArgumentException("no kernel takes a " + arguments[i].getClass());
                }
                pointers.setAtIndex(ADDRESS, i, values.asSlice(SLOT * i, SLOT));
            }
            driver.launch(
                    function, Math.toIntExact(columns), Math.toIntExact(rows), threads, stream.pointer(), pointers);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
