package dev.darkroom.queue.webhook;

import dev.darkroom.net.WebAddress;
import java.net.InetAddress;

/** Decides which servers this worker may call on behalf of a caller. */
@FunctionalInterface
public interface AddressGuard {
    /**
     * Chooses the address to connect to, of all that the host has. May ask a name server.
     *
     * @throws dev.darkroom.job.JobException with {@code BAD_INPUT} if the host must not be called, otherwise if it cannot be found
     */
    InetAddress admit(WebAddress server);
}
