package dev.darkroom.queue.http;

import io.quarkus.vertx.http.runtime.cors.CORSFilter;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides which web pages may make a browser call this worker. A browser reaches what only its owner can reach, such as a worker at home,
 * so pages of other origins are refused unless they are allowed. So are host names that a stranger's name server resolves to this machine.
 * Requests without an Origin header (curl, servers) are not restricted.
 */
final class OriginPolicy {
    private static final String SETTING = "DARKROOM_HTTP_CORS_ORIGINS";

    private final List<String> allowed;
    private final List<Pattern> patterns;
    private final boolean loopback;
    private final Optional<URI> publicUrl;
    private final List<String> ownHosts;

    /**
     * @param allowed origins of pages; {@code *} for all, {@code /…/} for a pattern
     * @param host address that the worker listens at
     * @param publicUrl address that callers reach the worker at, if it is another
     */
    OriginPolicy(Optional<List<String>> allowed, String host, Optional<URI> publicUrl) {
        this.allowed = allowed.orElse(List.of()).stream().map(String::strip).toList();
        this.patterns = CORSFilter.parseAllowedOriginsRegex(Optional.of(this.allowed));
        this.loopback = isLoopback(host);
        this.publicUrl = publicUrl;
        this.ownHosts = List.of(
                "localhost",
                "127.0.0.1",
                "::1",
                bare(host),
                publicUrl.map(url -> bare(url.getHost())).orElse(""));
    }

    /**
     * Returns the reason to refuse a request; empty if it may come in.
     *
     * @param harmless true if the request only reads what is open to everybody: pages elsewhere may show results and link to them
     */
    Optional<String> fault(HttpServerRequest request, boolean harmless) {
        HostAndPort authority = request.authority();
        if (loopback && authority != null && !ownHosts.contains(bare(authority.host()))) {
            return Optional.of(
                    "this worker is not called by that host name: call localhost, or set DARKROOM_PUBLIC_URL");
        }
        String origin = request.getHeader("Origin");
        if (origin == null) {
            boolean foreign = "cross-site".equalsIgnoreCase(request.getHeader("Sec-Fetch-Site"));
            return foreign && !harmless
                    ? Optional.of("web pages from elsewhere may not call this worker: list their origins in " + SETTING)
                    : Optional.empty();
        }
        return isOwn(origin, request) || isAllowed(origin)
                ? Optional.empty()
                : Optional.of("web pages of this origin may not call this worker: list it in " + SETTING);
    }

    /** Returns true if the origin is the worker's own: the host of this request, or the public address. */
    boolean isOwn(String origin, HttpServerRequest request) {
        HostAndPort authority = request.authority();
        return isSame(origin, publicUrl.map(URI::toString).orElse(null))
                || (authority != null && isSame(origin, request.scheme() + "://" + authority));
    }

    private boolean isAllowed(String origin) {
        return allowed.contains("*")
                || CORSFilter.isOriginAllowedByRegex(patterns, origin)
                || allowed.stream().anyMatch(known -> known.equals(origin) || isSame(origin, known));
    }

    private static boolean isSame(String origin, @Nullable String address) {
        if (address == null) {
            return false;
        }
        try {
            URI one = new URI(origin);
            URI other = new URI(address);
            return one.getHost() != null
                    && other.getHost() != null
                    && one.getHost().equalsIgnoreCase(other.getHost())
                    && String.valueOf(one.getScheme()).equalsIgnoreCase(other.getScheme())
                    && port(one) == port(other);
        } catch (URISyntaxException e) {
            return false;
        }
    }

    private static int port(URI address) {
        int standard = "https".equalsIgnoreCase(address.getScheme()) ? 443 : 80;
        return address.getPort() == -1 ? standard : address.getPort();
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static String bare(@Nullable String host) {
        return host == null ? "" : host.toLowerCase(Locale.ROOT).replaceAll("[\\[\\]]", "");
    }
}
