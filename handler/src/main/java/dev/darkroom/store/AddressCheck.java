package dev.darkroom.store;

import dev.darkroom.net.AllowedHosts;
import java.net.UnknownHostException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * Refuses requests to hosts that callers must not send this worker to. The check runs before every attempt, on the host that is really
 * called; Java remembers a look-up for half a minute, so the connection goes to the addresses that were checked.
 */
final class AddressCheck implements ExecutionInterceptor {
    private final AllowedHosts hosts;

    AddressCheck(AllowedHosts hosts) {
        this.hosts = hosts;
    }

    @Override
    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
        try {
            var unused = hosts.lookUp(context.httpRequest().host());
        } catch (UnknownHostException e) {
            throw SdkClientException.create("unknown host", e);
        }
    }
}
