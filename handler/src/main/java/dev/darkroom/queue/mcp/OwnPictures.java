package dev.darkroom.queue.mcp;

import java.net.URI;
import java.util.Optional;

/** The pictures that this worker stores and serves itself. */
public interface OwnPictures {
    /** Returns true if a picture whose job says nothing of where it goes is stored where {@link #read} finds it. */
    boolean areUsual();

    /** Reads the picture at an address; empty if it is not this worker's, or not there any more. */
    Optional<byte[]> read(URI address);
}
