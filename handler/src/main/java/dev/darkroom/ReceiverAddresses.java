package dev.darkroom;

import dev.darkroom.job.JobException;
import dev.darkroom.net.AddressRules;
import dev.darkroom.queue.webhook.AddressGuard;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;

/**
 * Admits webhooks to hosts all of whose addresses are public.
 *
 * @param everywhere true if private addresses are admitted too
 */
record ReceiverAddresses(boolean everywhere) implements AddressGuard {
    @Override
    public InetAddress admit(URI server) {
        try {
            InetAddress[] addresses = InetAddress.getAllByName(server.getHost());
            for (InetAddress address : addresses) {
                if (!everywhere && !AddressRules.isPublic(address)) {
                    throw JobException.badInput("the address of " + server.getHost() + " is not public");
                }
            }
            return addresses[0];
        } catch (UnknownHostException e) {
            throw new JobException(JobException.Code.FETCH_FAILED, "there is no host " + server.getHost(), e);
        }
    }
}
