package dev.darkroom.source;

import dev.darkroom.job.JobException;
import java.nio.charset.StandardCharsets;

/** Any text as the address of an image, and as what it redirects to: refused, or visible ASCII that names a host. */
public final class AddressFuzz {
    private AddressFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        check(() -> WebAddress.parse("image", text));
        check(() -> WebAddress.parse("image", "https://example.com/a/b").redirected("image", text));
    }

    private interface Reading {
        WebAddress address();
    }

    private static void check(Reading reading) {
        WebAddress address;
        try {
            address = reading.address();
        } catch (JobException e) {
            return;
        }
        if (address.host().isEmpty() || address.port() < 1 || address.port() > 65_535) {
            throw new AssertionError("no host or port: " + address.host() + " " + address.port());
        }
        if (!address.target().startsWith("/")
                || !address.target().chars().allMatch(letter -> letter > ' ' && letter < 0x7f)) {
            throw new AssertionError("not for a request line: " + address.target());
        }
    }
}
