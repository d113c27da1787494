package dev.darkroom.client;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SignatureException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Checks who sent a webhook and when, by the headers of Standard Webhooks or, where they are not there, by {@code X-Darkroom-Signature}.
 * Safe for several threads.
 *
 * <p>Source: standard-webhooks/standard-webhooks, {@code spec/standard-webhooks.md}.
 */
public final class WebhookVerifier {
    private static final String ALGORITHM = "HmacSHA256";
    private static final String PREFIX = "whsec_";

    /** How old a webhook may be, and how far the sender's clock may be ahead. */
    private static final Duration TOLERANCE = Duration.ofMinutes(5);

    private final List<String> secrets;
    private final Clock clock;
    private final AnswerReader reader =
            new AnswerReader(new Downloads(Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofMinutes(2)));

    private WebhookVerifier(List<String> secrets, Clock clock) {
        this.secrets = secrets;
        this.clock = clock;
    }

    /**
     * Makes a verifier.
     *
     * @param secrets as the worker has it, {@code whsec_…} or any text; two while one replaces the other
     * @throws IllegalArgumentException if there is none, or one is empty or no base64 after {@code whsec_}
     */
    public static WebhookVerifier of(String... secrets) {
        return of(Clock.systemUTC(), secrets);
    }

    static WebhookVerifier of(Clock clock, String... secrets) {
        List<String> stripped = Stream.of(secrets).map(String::strip).toList();
        if (stripped.isEmpty() || stripped.stream().anyMatch(secret -> key(secret).length == 0)) {
            throw new IllegalArgumentException("a webhook's secret must not be empty");
        }
        return new WebhookVerifier(stripped, clock);
    }

    /**
     * Checks a webhook and reads it.
     *
     * @param header gives the value of a header by its name, in any case; null if it is not there
     * @param body exactly as it came: JSON that was parsed and written again is another text
     * @return where the job stands; its pictures can be downloaded
     * @throws SignatureException if it is unsigned, was signed with another secret, was changed, or is not of these five minutes
     */
    public JobStatus verify(UnaryOperator<@Nullable String> header, byte[] body) throws SignatureException {
        check(header, body);
        return reader.status(AnswerReader.json(body));
    }

    /** Checks a webhook of whatever content. */
    void check(UnaryOperator<@Nullable String> header, byte[] body) throws SignatureException {
        String id = header.apply("webhook-id");
        String timestamp = header.apply("webhook-timestamp");
        String signatures = header.apply("webhook-signature");
        String own = header.apply("X-Darkroom-Signature");
        if (id != null && timestamp != null && signatures != null) {
            checkTime(timestamp);
            byte[] text = (id + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8);
            Stream<byte[]> expected = secrets.stream()
                    .map(secret -> ("v1," + Base64.getEncoder().encodeToString(hmac(key(secret), text, body)))
                            .getBytes(StandardCharsets.US_ASCII));
            check(expected.toList(), parts(signatures, " "));
        } else if (own != null) {
            List<String> parts = parts(own, ",");
            String seconds = parts.get(0).replaceFirst("^t=", "");
            checkTime(seconds);
            byte[] text = (seconds + ".").getBytes(StandardCharsets.UTF_8);
            Stream<byte[]> expected = secrets.stream()
                    .map(secret -> ("v1=" + HexFormat.of().formatHex(hmac(utf8(secret), text, body)))
                            .getBytes(StandardCharsets.US_ASCII));
            check(expected.toList(), parts.subList(1, parts.size()));
        } else {
            throw new SignatureException("the webhook has no signature");
        }
    }

    private void checkTime(String seconds) throws SignatureException {
        if (!seconds.matches("\\d{1,12}")) {
            throw new SignatureException("the webhook's time is no number of seconds");
        }
        Duration age = Duration.ofSeconds(clock.instant().getEpochSecond() - Long.parseLong(seconds));
        if (age.abs().compareTo(TOLERANCE) > 0) {
            throw new SignatureException("the webhook is of another time, " + age.toSeconds() + " s ago");
        }
    }

    /** Compares all of them with all, in a time that tells nothing of where they differ. */
    private static void check(List<byte[]> expected, List<String> signatures) throws SignatureException {
        boolean known = false;
        for (String signature : signatures) {
            for (byte[] one : expected) {
                known |= MessageDigest.isEqual(one, signature.getBytes(StandardCharsets.UTF_8));
            }
        }
        if (!known) {
            throw new SignatureException("the webhook's signature is not by this secret, or its body was changed");
        }
    }

    private static List<String> parts(String text, String between) {
        return Arrays.stream(text.split(between, -1)).map(String::strip).toList();
    }

    /** The key that a secret of the standard spells; of another text, its bytes. */
    private static byte[] key(String secret) {
        return secret.startsWith(PREFIX) ? Base64.getDecoder().decode(secret.substring(PREFIX.length())) : utf8(secret);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] hmac(byte[] key, byte[] text, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            mac.update(text);
            return mac.doFinal(body);
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
