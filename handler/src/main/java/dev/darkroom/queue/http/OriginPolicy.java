package dev.darkroom.queue.http;

import dev.darkroom.net.AddressException;
import dev.darkroom.net.WebAddress;
import io.quarkus.vertx.http.runtime.cors.CORSFilter;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides which web pages may make a browser call this worker. A browser reaches what only its owner can reach, such as a worker at home,
 * so pages of other origins are refused unless they are allowed, and so are host names that are not the worker's ({@link HostPolicy}).
 * Requests without an Origin header (curl, servers) are not restricted.
 */
final class OriginPolicy {
    private static final String SETTING = "DARKROOM_HTTP_CORS_ORIGINS";

    private final List<String> allowed;
    private final List<Pattern> patterns;
    private final HostPolicy hosts;
    private final Optional<URI> publicUrl;

    /**
     * @param allowed origins of pages; {@code *} for all, {@code /…/} for a pattern
     * @param hosts the names that the worker may be called by
     * @param publicUrl address that callers reach the worker at, if it is another
     */
    OriginPolicy(Optional<List<String>> allowed, HostPolicy hosts, Optional<URI> publicUrl) {
        this.allowed = allowed.orElse(List.of()).stream().map(String::strip).toList();
        this.patterns = CORSFilter.parseAllowedOriginsRegex(Optional.of(this.allowed));
        this.hosts = hosts;
        this.publicUrl = publicUrl;
    }

    /**
     * Returns the reason to refuse a request; empty if it may come in.
     *
     * @param harmless true if the request only reads what is open to everybody: pages elsewhere may show results and link to them
     */
    Optional<String> fault(HttpServerRequest request, boolean harmless) {
        if (!hosts.admits(request)) {
            return Optional.of(
                    "this worker is not called by that host name: call localhost, or set DARKROOM_PUBLIC_URL or DARKROOM_HTTP_HOSTS");
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
            return WebAddress.of(origin).origin().equals(WebAddress.of(address).origin());
        } catch (AddressException e) {
            return false;
        }
    }
}
