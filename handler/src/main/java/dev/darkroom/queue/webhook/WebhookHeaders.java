package dev.darkroom.queue.webhook;

import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The headers by which receivers know an event again, and check who sent it and when: those of Standard Webhooks, and our own. While a
 * secret is being replaced there is a signature by each, and a receiver is content with one that it can check.
 *
 * <p>Source: standard-webhooks/standard-webhooks, {@code spec/standard-webhooks.md}.
 */
final class WebhookHeaders {
    static final String ID = "webhook-id";
    static final String TIMESTAMP = "webhook-timestamp";
    static final String SIGNATURE = "webhook-signature";

    /** {@code t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>" in hex>}. */
    static final String OWN_SIGNATURE = "X-Darkroom-Signature";

    private final List<WebhookSecret> secrets;

    private WebhookHeaders(List<WebhookSecret> secrets) {
        this.secrets = secrets;
    }

    /**
     * Reads the secret, and the one that is to follow it; without any, nothing is signed.
     *
     * @throws IllegalArgumentException if one of them is malformed
     */
    static WebhookHeaders of(Optional<String> secret, Optional<String> next) {
        return new WebhookHeaders(Stream.of(
                        WebhookSecret.of("DARKROOM_HTTP_WEBHOOK_SECRET", secret),
                        WebhookSecret.of("DARKROOM_HTTP_WEBHOOK_SECRET_NEXT", next))
                .flatMap(Optional::stream)
                .toList());
    }

    /**
     * Makes the headers of one try.
     *
     * @param id of the event, which is the same in all tries
     * @param seconds since 1970, of this try
     */
    Map<String, String> of(String id, long seconds, byte[] body) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(ID, id);
        headers.put(TIMESTAMP, String.valueOf(seconds));
        if (!secrets.isEmpty()) {
            headers.put(
                    SIGNATURE,
                    signatures(
                            " ",
                            secret -> Base64.getEncoder().encodeToString(secret.standard(id, seconds, body)),
                            "v1,"));
            headers.put(
                    OWN_SIGNATURE,
                    "t=" + seconds + ","
                            + signatures(",", secret -> HexFormat.of().formatHex(secret.own(seconds, body)), "v1="));
        }
        return headers;
    }

    private String signatures(String between, Function<WebhookSecret, String> signature, String version) {
        return secrets.stream().map(secret -> version + signature.apply(secret)).collect(Collectors.joining(between));
    }
}
