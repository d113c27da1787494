package dev.darkroom.queue.http;

import dev.darkroom.net.AddressException;
import dev.darkroom.net.WebAddress;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides by which host names this worker may be called. A web page whose own name server says that the name is this machine ("DNS
 * rebinding") is, to a browser, a page of this worker: only the name gives it away. It cannot make an IP address its name, so a worker
 * that listens beyond loopback answers to every IP address: behind a container's port it could not tell which are its own.
 */
final class HostPolicy {
    private static final Pattern LISTED = Pattern.compile("\\*|(\\*\\.)?[\\w-][\\w.-]*|[\\[\\]\\da-fA-F:.]+");
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    private final boolean asks;
    private final boolean loopback;
    private final List<String> names;
    private final List<String> suffixes;

    /**
     * @param listed names of {@code DARKROOM_HTTP_HOSTS}: {@code *} for all, {@code *.example.com} for all below one
     * @param host address that the worker listens at
     * @param publicUrl address that callers reach the worker at, if it is another
     * @param hasKey true if callers need a key, which no page of a stranger has
     * @throws IllegalArgumentException if a listed name is none
     */
    HostPolicy(Optional<List<String>> listed, String host, Optional<URI> publicUrl, boolean hasKey) {
        listed.orElse(List.of()).stream()
                .filter(name -> !LISTED.matcher(name.strip()).matches())
                .findFirst()
                .ifPresent(name -> {
                    throw new IllegalArgumentException(
                            "DARKROOM_HTTP_HOSTS: must be host names without scheme or port, such as worker, *.example.com or *, not "
                                    + name);
                });
        List<String> more =
                listed.orElse(List.of()).stream().map(HostPolicy::bare).toList();
        this.loopback = Exposure.isLoopback(host);
        this.asks = !more.contains("*") && (loopback || !hasKey || !more.isEmpty());
        this.names = Stream.concat(
                        more.stream(),
                        Stream.of(
                                "localhost",
                                bare(host),
                                publicUrl.map(HostPolicy::hostOf).orElse("")))
                .filter(name -> !name.isEmpty() && !name.startsWith("*"))
                .toList();
        this.suffixes = more.stream()
                .filter(name -> name.startsWith("*."))
                .map(name -> name.substring(1))
                .toList();
    }

    /** Returns true if the worker may be called as this request calls it. HTTP/1.0 names no host, and no browser speaks it. */
    boolean admits(HttpServerRequest request) {
        HostAndPort authority = request.authority();
        return !asks || (authority == null ? !request.headers().contains(HttpHeaders.HOST) : admits(authority.host()));
    }

    /** Returns true if the worker may be called by this name or address. */
    boolean admits(String host) {
        String name = bare(host);
        return names.contains(name)
                || suffixes.stream().anyMatch(name::endsWith)
                || address(name)
                        .filter(ip -> !loopback || ip.isLoopbackAddress())
                        .isPresent();
    }

    private static Optional<InetAddress> address(String name) {
        if (!IPV4.matcher(name).matches() && !name.contains(":")) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.ofLiteral(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String hostOf(URI url) {
        try {
            return bare(WebAddress.of(url.toString()).host());
        } catch (AddressException e) {
            return ""; // refused when the worker starts
        }
    }

    private static String bare(@Nullable String host) {
        return host == null
                ? ""
                : host.strip()
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[\\[\\]]", "")
                        .replaceFirst("(?<=.)\\.$", "");
    }
}
