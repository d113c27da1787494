package dev.darkroom.queue.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import jakarta.inject.Singleton;
import java.math.BigInteger;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells callers apart by their addresses. A proxy that is trusted speaks for others, who are named in {@code X-Forwarded-For}; from anybody
 * else that header is only text.
 */
@Singleton
final class Callers {
    private static final String UNKNOWN = "unknown";
    private static final int NETWORK_BYTES = 8;

    /** Matches an address in figures, so that no name is looked up. */
    private static final Pattern FIGURES =
            Pattern.compile("[0-9]{1,3}([.][0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*");

    private final List<Network> trusted;

    Callers(HttpSettings settings) {
        this.trusted = settings.trustedProxies().orElse(List.of()).stream()
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .map(Network::parse)
                .toList();
    }

    /** Returns the name under which the caller of a request is counted and logged. */
    String of(HttpServerRequest request) {
        SocketAddress peer = request.remoteAddress();
        InetAddress address = peer == null ? null : parse(String.valueOf(peer.hostAddress()));
        if (address == null) {
            return UNKNOWN;
        }
        List<String> forwarded = request.headers().getAll("X-Forwarded-For").stream()
                .flatMap(header -> Arrays.stream(header.split(",", -1)))
                .map(String::strip)
                .toList();
        for (String before : forwarded.reversed()) {
            InetAddress named = isTrusted(address) ? parse(before) : null;
            if (named == null) {
                break;
            }
            address = named;
        }
        return name(address);
    }

    /** Returns true for a proxy that is trusted: its connections are those of many callers. */
    boolean isTrusted(InetAddress address) {
        return trusted.stream().anyMatch(network -> network.contains(address));
    }

    /** Returns the name of an address; all of an IPv6 network of 64 bits are one caller, who has them all. */
    static String name(InetAddress address) {
        return address instanceof Inet6Address
                ? HexFormat.ofDelimiter(":")
                                .formatHex(address.getAddress(), 0, NETWORK_BYTES)
                                .replaceAll("(..):(..)", "$1$2")
                        + "::/64"
                : String.valueOf(address.getHostAddress());
    }

    private static @Nullable InetAddress parse(String text) {
        String bare = text.replaceAll("^\\[|\\](:\\d+)?$|%.*$", "");
        try {
            return FIGURES.matcher(bare).matches() ? InetAddress.getByName(bare) : null;
        } catch (UnknownHostException e) {
            return null;
        }
    }

    /** A network such as {@code 10.0.0.0/8}, or one address. */
    private record Network(byte[] address, int bits) {
        static Network parse(String text) {
            int slash = text.indexOf('/');
            InetAddress address = Callers.parse(slash < 0 ? text : text.substring(0, slash));
            int most = address == null ? 0 : 8 * address.getAddress().length;
            int bits = slash < 0 ? most : bits(text.substring(slash + 1));
            if (address == null || bits < 0 || bits > most) {
                throw new IllegalArgumentException(
                        "DARKROOM_HTTP_TRUSTED_PROXIES: must be addresses or networks such as 10.0.0.0/8, not " + text);
            }
            return new Network(address.getAddress(), bits);
        }

        private static int bits(String text) {
            return Pattern.matches("\\d{1,3}", text) ? Integer.parseInt(text) : -1;
        }

        boolean contains(InetAddress other) {
            byte[] bytes = other.getAddress();
            int rest = 8 * bytes.length - bits;
            return bytes.length == address.length
                    && new BigInteger(1, bytes).shiftRight(rest).equals(new BigInteger(1, address).shiftRight(rest));
        }
    }
}
