package dev.darkroom;

import dev.darkroom.job.JobException;
import dev.darkroom.net.AllowedHosts;
import dev.darkroom.net.ForbiddenHostException;
import dev.darkroom.queue.webhook.AddressGuard;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;

/** Lets webhooks go to allowed hosts only, and explains a refusal to the job's caller. */
record WebhookHosts(AllowedHosts hosts) implements AddressGuard {
    @Override
    public InetAddress admit(URI server) {
        try {
            return hosts.lookUp(server.getHost()).getFirst();
        } catch (ForbiddenHostException e) {
            throw new JobException(
                    JobException.Code.BAD_INPUT, "the address of " + server.getHost() + " is not public", e);
        } catch (UnknownHostException e) {
            throw new JobException(JobException.Code.FETCH_FAILED, "there is no host " + server.getHost(), e);
        }
    }
}
