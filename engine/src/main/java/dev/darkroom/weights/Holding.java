package dev.darkroom.weights;

/**
 * Where a network's weights lie while it is loaded: all on the device, or those of its blocks in host memory, from which they come to the
 * device block by block as they are used.
 */
public sealed interface Holding {
    /** All weights on the device. */
    Holding RESIDENT = new Resident();

    /** Streamed with no block on the device for good. */
    Holding STREAMED = new Streamed(0, Streamed.FEWEST_SLOTS);

    /** Streams all blocks but {@code residentBlocks}, which are spread evenly among them. */
    static Holding streamed(int residentBlocks) {
        return new Streamed(residentBlocks, Streamed.FEWEST_SLOTS);
    }

    /** True if the weights of blocks come to the device as they are used. */
    default boolean isStreamed() {
        return this instanceof Streamed;
    }

    /** All weights lie on the device. */
    record Resident() implements Holding {
        @Override
        public String toString() {
            return "resident";
        }
    }

    /**
     * What lies outside of blocks, and some blocks, stay on the device; large tables, of which single rows are looked up, stay on the host.
     *
     * @param residentBlocks number of blocks that stay on the device; more than there are is all of them
     * @param slots number of blocks that the device has room for at once beside those, at least 2: one is computed with while others come
     */
    record Streamed(int residentBlocks, int slots) implements Holding {
        /** One block is computed with, and the next one comes. */
        public static final int FEWEST_SLOTS = 2;

        public Streamed {
            if (residentBlocks < 0 || slots < FEWEST_SLOTS) {
                throw new IllegalArgumentException("residentBlocks must be at least 0 and slots at least "
                        + FEWEST_SLOTS + ", not " + residentBlocks + " and " + slots);
            }
        }

        @Override
        public String toString() {
            return residentBlocks == 0 ? "streamed" : "streamed but for " + residentBlocks + " blocks";
        }
    }
}
