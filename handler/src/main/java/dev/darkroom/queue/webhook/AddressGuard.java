package dev.darkroom.queue.webhook;

import java.net.InetAddress;
import java.net.URI;

/** Decides which servers this worker may call on behalf of a caller. */
@FunctionalInterface
public interface AddressGuard {
    /**
     * Chooses the address to connect to, of all that the host has. May ask a name server.
     *
     * @throws dev.darkroom.job.JobException with {@code BAD_INPUT} if the host must not be called, otherwise if it cannot be found
     */
    InetAddress admit(URI server);
}
