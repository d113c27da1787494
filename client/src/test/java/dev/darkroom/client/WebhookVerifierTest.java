package dev.darkroom.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.SignatureException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Webhooks of the worker are known, and those of nobody else. */
class WebhookVerifierTest {
    /** The vector that the standard's own libraries are tested with. */
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private static final Map<String, String> HEADERS = Map.of(
            "webhook-id",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp",
            "1614265330",
            "webhook-signature",
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    private static final byte[] BODY = bytes("{\"test\": 2432232314}");
    private static final byte[] JOB = bytes("{\"id\":\"1\",\"status\":\"IN_QUEUE\"}");

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Clock at(long seconds) {
        return Clock.fixed(Instant.ofEpochSecond(seconds), ZoneOffset.UTC);
    }

    private static void check(Clock clock, Map<String, String> headers, byte[] body, String... secrets)
            throws SignatureException {
        WebhookVerifier.of(clock, secrets).check(headers::get, body);
    }

    private static byte[] hmac(String key, String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(bytes(key), "HmacSHA256"));
        return mac.doFinal(bytes(text));
    }

    @ParameterizedTest
    @ValueSource(longs = {1614265330, 1614265330 + 300, 1614265330 - 300})
    void theStandardsSignatureIsKnownForFiveMinutes(long now) {
        assertThatCode(() -> check(at(now), HEADERS, BODY, SECRET)).doesNotThrowAnyException();
        assertThatCode(() -> check(at(now), HEADERS, BODY, "another", SECRET)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1614265330 + 301, 1614265330 - 301})
    void atAnotherTimeItIsNot(long now) {
        assertThatThrownBy(() -> check(at(now), HEADERS, BODY, SECRET))
                .isInstanceOf(SignatureException.class)
                .hasMessageContaining("another time");
    }

    @Test
    void whatWasChangedIsNot() {
        Clock now = at(1614265330);
        assertThatThrownBy(() -> check(now, HEADERS, bytes("{\"test\": 2432232315}"), SECRET))
                .hasMessageContaining("body was changed");
        assertThatThrownBy(() -> check(now, HEADERS, BODY, "whsec_AAAA")).hasMessageContaining("not by this secret");
        assertThatThrownBy(() -> check(now, with("webhook-id", "msg_2"), BODY, SECRET))
                .isInstanceOf(SignatureException.class);
        assertThatThrownBy(() -> check(now, with("webhook-timestamp", "1614265331"), BODY, SECRET))
                .isInstanceOf(SignatureException.class);
        assertThatThrownBy(() -> check(now, with("webhook-timestamp", "now"), BODY, SECRET))
                .isInstanceOf(SignatureException.class);
        assertThatThrownBy(() -> check(now, with("webhook-signature", ""), BODY, SECRET))
                .isInstanceOf(SignatureException.class);
        assertThatThrownBy(() -> check(now, Map.of(), BODY, SECRET)).hasMessage("the webhook has no signature");
    }

    private static Map<String, String> with(String name, String value) {
        var headers = new HashMap<>(HEADERS);
        headers.put(name, value);
        return headers;
    }

    @Test
    void oneOfSeveralSignaturesIsEnough() {
        String two = "v1a,unknown v1,AAAA " + HEADERS.get("webhook-signature");

        assertThatCode(() -> check(at(1614265330), with("webhook-signature", two), BODY, SECRET))
                .doesNotThrowAnyException();
    }

    @Test
    void theWorkersOwnSignatureIsKnownAndTheJobRead() throws Exception {
        String text = "1614265330." + new String(JOB, StandardCharsets.UTF_8);
        String signed = "t=1614265330,v1=00,v1=" + HexFormat.of().formatHex(hmac("plain words", text));
        WebhookVerifier verifier = WebhookVerifier.of(at(1614265340), "plain words");

        JobStatus job = verifier.verify(Map.of("X-Darkroom-Signature", signed)::get, JOB);

        assertThat(job.state()).isEqualTo(JobStatus.State.IN_QUEUE);
        assertThatThrownBy(() -> verifier.verify(Map.of("X-Darkroom-Signature", "t=1614265330")::get, JOB))
                .isInstanceOf(SignatureException.class);
        assertThatThrownBy(() -> verifier.verify(Map.of("X-Darkroom-Signature", signed)::get, BODY))
                .isInstanceOf(SignatureException.class);
    }

    @Test
    void aPlainSecretSignsByItsBytes() throws Exception {
        String signed = "v1," + Base64.getEncoder().encodeToString(hmac("plain words", "e.1614265330.{}"));

        assertThatCode(() -> check(
                        at(1614265330),
                        Map.of("webhook-id", "e", "webhook-timestamp", "1614265330", "webhook-signature", signed),
                        bytes("{}"),
                        "plain words"))
                .doesNotThrowAnyException();
    }

    @Test
    void aSecretMustBeOne() {
        assertThatThrownBy(WebhookVerifier::of).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> WebhookVerifier.of(" ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> WebhookVerifier.of("whsec_%")).isInstanceOf(IllegalArgumentException.class);
    }
}
