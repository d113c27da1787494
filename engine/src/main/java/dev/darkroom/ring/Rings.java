package dev.darkroom.ring;

import dev.darkroom.tensor.Device;

/** The rings of this process. */
public final class Rings {
    private Rings() {}

    /** Bytes that the slots of a device's ring take at the moment. */
    public static long bytes(Device device) {
        return BlockRing.of(device).bytes();
    }
}
