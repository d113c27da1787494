package dev.darkroom.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The hosts that callers may send this worker to: those whose every address is allowed. Whoever connects must use an address that was
 * looked up here, since another look-up can lead elsewhere.
 *
 * @param resolver asked once for each look-up
 * @param allowed true for addresses that may be called
 */
public record AllowedHosts(HostResolver resolver, Predicate<InetAddress> allowed) {
    private static final Pattern THERE_IS_NONE = Pattern.compile(
            "Name or service not known|Name does not resolve|No address associated|nodename nor servname");

    /** Hosts on the public internet. */
    public static final AllowedHosts PUBLIC = new AllowedHosts(AllowedHosts::resolve, AddressRules::isPublic);

    /** All hosts, those of private networks and this machine too. */
    public static final AllowedHosts ALL = new AllowedHosts(AllowedHosts::resolve, address -> true);

    /** Names below {@code localhost} are this machine, as browsers and curl have it and few name servers. */
    private static InetAddress[] resolve(String host) throws UnknownHostException {
        return isBelowLocalhost(host)
                ? new InetAddress[] {InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1")}
                : InetAddress.getAllByName(host);
    }

    /** Returns true for names such as {@code minio.localhost}, which {@link #lookUp} alone is sure to find. */
    public static boolean isBelowLocalhost(String host) {
        return host.toLowerCase(Locale.ROOT).endsWith(".localhost");
    }

    /**
     * Returns true unless the name server has said that there is no such host. Java tells it in the words of the C library alone; where
     * those are others, a host that is not there is asked for more than once.
     */
    public static boolean mayPass(UnknownHostException failure) {
        return !THERE_IS_NONE.matcher(String.valueOf(failure.getMessage())).find();
    }

    /**
     * Looks a host up. May ask a name server, for as long as that takes.
     *
     * @return all of its addresses, at least one
     * @throws ForbiddenHostException if one of them is not allowed
     * @throws UnknownHostException if it has none
     */
    public List<InetAddress> lookUp(String host) throws UnknownHostException {
        List<InetAddress> addresses = List.of(resolver.resolve(host));
        if (!addresses.stream().allMatch(allowed)) {
            throw new ForbiddenHostException(host);
        }
        return addresses;
    }
}
