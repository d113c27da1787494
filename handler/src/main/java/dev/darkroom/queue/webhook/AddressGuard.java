package dev.darkroom.queue.webhook;

import java.net.InetAddress;
import java.net.URI;

/** Decides which servers this worker calls because a caller asks for it. */
@FunctionalInterface
public interface AddressGuard {
    /**
     * The one address to connect to, of all that the host has. May ask a name server.
     *
     * @throws dev.darkroom.job.JobException with {@code BAD_INPUT} if the host must not be called, otherwise if it cannot be found
     */
    InetAddress admit(URI server);
}
