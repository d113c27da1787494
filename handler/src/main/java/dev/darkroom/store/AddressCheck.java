package dev.darkroom.store;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/**
 * Refuses requests to hosts that callers name unless every address of the host is allowed. It looks before every attempt, at the host
 * that is really asked; Java remembers for half a minute what it looked up, so the connection goes to the addresses that were checked.
 */
final class AddressCheck implements ExecutionInterceptor {
    private final Predicate<InetAddress> allowed;

    AddressCheck(Predicate<InetAddress> allowed) {
        this.allowed = allowed;
    }

    /** A host leads where callers may not send this worker. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refused(String host) {
            super(host + " is not a public address");
        }
    }

    @Override
    public void beforeTransmission(Context.BeforeTransmission context, ExecutionAttributes attributes) {
        try {
            check(context.httpRequest().host());
        } catch (UnknownHostException e) {
            throw SdkClientException.create("unknown host", e);
        }
    }

    /** Looks a host up. */
    void check(String host) throws UnknownHostException {
        if (!Stream.of(InetAddress.getAllByName(host)).allMatch(allowed)) {
            throw new Refused(host);
        }
    }
}
