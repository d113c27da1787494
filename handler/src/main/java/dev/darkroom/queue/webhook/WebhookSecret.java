package dev.darkroom.queue.webhook;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A secret that this worker shares with receivers. Standard Webhooks spells its keys {@code whsec_<base64>}; any other text is a key by its
 * UTF-8 bytes. Our own signature takes the text as it is in both cases, as it did before there was the other.
 */
final class WebhookSecret {
    private static final String ALGORITHM = "HmacSHA256";
    private static final String PREFIX = "whsec_";

    private final SecretKeySpec own;
    private final SecretKeySpec standard;

    private WebhookSecret(byte[] own, byte[] standard) {
        this.own = new SecretKeySpec(own, ALGORITHM);
        this.standard = new SecretKeySpec(standard, ALGORITHM);
    }

    /**
     * Reads a secret; empty if there is none.
     *
     * @param variable whose value it is
     * @throws IllegalArgumentException if it begins as a key of the standard does and is none; its message does not quote it
     */
    static Optional<WebhookSecret> of(String variable, Optional<String> value) {
        return value.map(String::strip).filter(text -> !text.isEmpty()).map(text -> read(variable, text));
    }

    private static WebhookSecret read(String variable, String text) {
        byte[] whole = text.getBytes(StandardCharsets.UTF_8);
        return new WebhookSecret(whole, text.startsWith(PREFIX) ? decoded(variable, text) : whole);
    }

    /** Reads base64 as the receivers' libraries do, which are strict: another spelling would be another key there, or none. */
    private static byte[] decoded(String variable, String text) {
        String base64 = text.substring(PREFIX.length());
        try {
            byte[] key = Base64.getDecoder().decode(base64);
            if (key.length > 0 && Base64.getEncoder().encodeToString(key).equals(base64)) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new IllegalArgumentException(variable
                + ": behind whsec_ there must be a key in base64, with its padding, as Standard Webhooks says");
    }

    /** Computes the HMAC-SHA256 of {@code <seconds>.<body>} for our own header. */
    byte[] own(long seconds, byte[] body) {
        return hmac(own, seconds + ".", body);
    }

    /** Computes the HMAC-SHA256 of {@code <id>.<seconds>.<body>} for the standard's header. */
    byte[] standard(String id, long seconds, byte[] body) {
        return hmac(standard, id + "." + seconds + ".", body);
    }

    private static byte[] hmac(SecretKeySpec key, String before, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(before.getBytes(StandardCharsets.UTF_8));
            return mac.doFinal(body);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
