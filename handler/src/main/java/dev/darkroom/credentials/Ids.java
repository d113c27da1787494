package dev.darkroom.credentials;

import java.nio.ByteBuffer;
import java.util.UUID;

/** Ids that are computed from content: whoever has the same content gets the same id. */
final class Ids {
    private Ids() {}

    /** Makes an id in the form of a random one from sixteen bytes of a hash. */
    static UUID uuid(ByteBuffer hash) {
        long high = hash.getLong() & 0xffff_ffff_ffff_0fffL | 0x4000L;
        long low = hash.getLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }
}
