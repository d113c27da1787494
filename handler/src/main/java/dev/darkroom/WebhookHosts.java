package dev.darkroom;

import dev.darkroom.job.JobException;
import dev.darkroom.net.AllowedHosts;
import dev.darkroom.net.ForbiddenHostException;
import dev.darkroom.net.WebAddress;
import dev.darkroom.queue.webhook.AddressGuard;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Lets webhooks go to allowed hosts only, and explains a refusal to the job's caller. */
record WebhookHosts(AllowedHosts hosts) implements AddressGuard {
    @Override
    public InetAddress admit(WebAddress server) {
        try {
            return hosts.lookUp(server.host()).getFirst();
        } catch (ForbiddenHostException e) {
            throw new JobException(
                    JobException.Code.BAD_INPUT, "the address of " + server.host() + " is not public", e);
        } catch (UnknownHostException e) {
            String reason = AllowedHosts.mayPass(e)
                    ? server.host() + " is not known at this moment"
                    : "there is no host " + server.host();
            throw new JobException(JobException.Code.FETCH_FAILED, reason, e);
        }
    }
}
