package dev.darkroom.store;

import dev.darkroom.net.AllowedHosts;
import java.net.UnknownHostException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * Refuses requests to hosts that callers name unless every address of the host is allowed. It looks before every attempt, at the host
 * that is really asked; Java remembers for half a minute what it looked up, so the connection goes to the addresses that were checked.
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
