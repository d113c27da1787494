package dev.darkroom.job;

import java.net.URI;

/** The place of a finished picture: at an address, or inside the answer. */
public sealed interface Stored {
    /** A picture at an address. */
    record At(URI url) implements Stored {}

    /** A picture inside the answer itself; the array is shared, not copied. */
    @SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
    record Inline(byte[] file) implements Stored {}
}
