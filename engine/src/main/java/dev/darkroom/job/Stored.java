package dev.darkroom.job;

import java.net.URI;

/** Where a finished picture is. */
public sealed interface Stored {
    /** At an address. */
    record At(URI url) implements Stored {}

    /** In the answer itself; the array is shared, not copied. */
    @SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
    record Inline(byte[] file) implements Stored {}
}
