package dev.darkroom.net;

import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** Any text as an address, and as what an address redirects to: refused, or visible ASCII that names a host and reads as itself again. */
public final class AddressFuzz {
    private static final WebAddress HERE = WebAddress.of("https://example.com/a/b?c");

    private AddressFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        check(() -> WebAddress.of(text));
        check(() -> HERE.redirected(text));
    }

    private static void check(Supplier<WebAddress> reading) {
        WebAddress address;
        try {
            address = reading.get();
        } catch (AddressException e) {
            return;
        }
        if (address.host().isEmpty() || address.port() < 1 || address.port() > 65_535) {
            throw new AssertionError("no host or port: " + address.host() + " " + address.port());
        }
        if (!address.target().startsWith("/")
                || !address.target().chars().allMatch(letter -> letter > ' ' && letter < 0x7f)) {
            throw new AssertionError("not for a request line: " + address.target());
        }
        if (!WebAddress.of(address.uri().toString()).equals(address)) {
            throw new AssertionError("reads otherwise again: " + address.uri());
        }
    }
}
