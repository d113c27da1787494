package dev.darkroom.net;

import java.net.IDN;
import java.net.Inet6Address;
import java.text.Normalizer;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Reads the host of an address into the one form that is looked up, checked, and sent: lower case, letters beyond ASCII as IDNA writes
 * them, without a dot at its end. Unlike {@link java.net.URI#getHost} it finds hosts with an underscore.
 */
final class HostName {
    private static final Pattern NAME = Pattern.compile("[a-z0-9_-]+(?:\\.[a-z0-9_-]+)*");
    private static final Pattern V6 = Pattern.compile("\\[[0-9A-Fa-f:.]{2,45}]");
    private static final int LONGEST = 253;

    /** IDNA of 2003, which Java has, makes other names of these letters than browsers do, and so would lead elsewhere. */
    private static final Pattern AMBIGUOUS = Pattern.compile("[\\u00DF\\u1E9E\\u03C2\\u200C\\u200D]");

    private HostName() {}

    /** Returns the canonical form; an IPv6 address keeps its brackets. */
    static String canonical(String host) {
        if (host.isEmpty()) {
            throw new AddressException("must be a URL with a host");
        }
        return host.startsWith("[") ? v6(host) : name(host);
    }

    private static String v6(String host) {
        if (host.indexOf('%') >= 0) {
            throw new AddressException("must be a URL without a network's zone in its host");
        }
        if (!V6.matcher(host).matches()) {
            throw notAHost();
        }
        try {
            var unused = Inet6Address.ofLiteral(host.substring(1, host.length() - 1));
        } catch (IllegalArgumentException e) {
            throw notAHost();
        }
        return host.toLowerCase(Locale.ROOT);
    }

    private static String name(String host) {
        if (AMBIGUOUS.matcher(host).find()) {
            throw new AddressException("must be a URL whose host is written in its xn-- form");
        }
        String ascii;
        try {
            // names of one script in two widths, and digits in circles, are what they stand for
            ascii = IDN.toASCII(Normalizer.normalize(host, Normalizer.Form.NFKC))
                    .toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw notAHost();
        }
        String bare = ascii.endsWith(".") ? ascii.substring(0, ascii.length() - 1) : ascii;
        if (bare.length() > LONGEST || !NAME.matcher(bare).matches()) {
            throw notAHost();
        }
        return bare;
    }

    private static AddressException notAHost() {
        return new AddressException("must be a URL with a valid host", true);
    }
}
