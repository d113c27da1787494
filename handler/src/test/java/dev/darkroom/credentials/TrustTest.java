package dev.darkroom.credentials;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.credentials.HandMade.Manifest;
import dev.darkroom.credentials.TestAuthority.Span;
import dev.darkroom.credentials.cose.Sign1;
import dev.darkroom.credentials.jumbf.BoxKind;
import dev.darkroom.credentials.key.CertificateName;
import dev.darkroom.credentials.key.SigningKey;
import dev.darkroom.credentials.reading.Anchors;
import dev.darkroom.credentials.reading.Credentials;
import dev.darkroom.credentials.reading.CredentialsReader;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.spec.RSAPrivateKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Who is trusted, by when and by whom. */
class TrustTest {
    private static final TestAuthority KNOWN = TestAuthority.make("Known");
    private static final TestAuthority STAMPS = TestAuthority.make("Stamps that are known");
    private static final TestAuthority NOBODY = TestAuthority.make("Nobody");

    /** When the certificate of a signer was valid that is no longer. */
    private static final Instant THEN = Span.NOW.from().minus(Duration.ofDays(700));

    private static final SigningKey EXPIRED = KNOWN.signer("Expired", Span.around(THEN));

    private static Credentials read(byte[] file, TestAuthority... trusted) {
        return new CredentialsReader(new Anchors(
                        Arrays.stream(trusted).map(TestAuthority::certificate).toList()))
                .read(file)
                .orElseThrow();
    }

    private static byte[] stamped(SigningKey key, UnaryOperator<Sign1> stamp) {
        return HandMade.bound(
                0,
                binding -> HandMade.store(HandMade.manifest(
                        BoxKind.MANIFEST, "urn:c2pa:1", key, Map.of("c2pa.hash.data", binding), stamp)));
    }

    private static String remarks(Credentials read) {
        return String.valueOf(read.findings().cbor().get("informational"));
    }

    /** Whoever has the key of a certificate that has ended can make an authority too. */
    @Test
    void aTimeThatAnybodyCouldStampMakesNobodyTrusted() {
        byte[] file = stamped(EXPIRED, sign -> sign.with(NOBODY.stamp(sign.stamped(), THEN)));
        Credentials read = read(file, KNOWN, STAMPS);

        assertThat(read.findings().failures()).isEmpty();
        assertThat(read.trusted()).isFalse();
        assertThat(read.time()).isEmpty();
        assertThat(remarks(read)).contains("timeStamp.untrusted");
    }

    @Test
    void aTimeOfAKnownAuthorityDoes() {
        byte[] file = stamped(EXPIRED, sign -> sign.with(STAMPS.stamp(sign.stamped(), THEN)));

        assertThat(read(file, KNOWN, STAMPS).trusted()).isTrue();
        assertThat(read(file, KNOWN, STAMPS).time()).contains(THEN);
        assertThat(read(file, KNOWN).trusted()).isFalse();
        assertThat(read(file, STAMPS).trusted()).isFalse();
    }

    @Test
    void withoutATimeACertificateHasToBeValidNow() {
        assertThat(read(stamped(EXPIRED, UnaryOperator.identity()), KNOWN).valid())
                .isFalse();
        Credentials read = read(stamped(KNOWN.signer("Somebody", Span.NOW), sign -> sign.with(new byte[500])), KNOWN);
        assertThat(read.valid()).isTrue();
        assertThat(read.trusted()).isTrue();
        assertThat(remarks(read)).contains("timeStamp.mismatch");
    }

    /** Checking a signature of such a key takes as long as making one; of one that is as large as can be, seconds. */
    @Test
    void aStampByAKeyThatTakesLongIsNotHeeded() throws GeneralSecurityException {
        KeyPair slow = slow();
        SigningKey key = KNOWN.signer("Somebody", Span.NOW);
        byte[] file =
                stamped(key, sign -> sign.with(STAMPS.stamp(sign.stamped(), Span.NOW.from(), slow, "SHA256withRSA")));
        Credentials read = read(file, KNOWN, STAMPS);

        assertThat(read.valid()).isTrue();
        assertThat(read.time()).isEmpty();
        assertThat(remarks(read)).contains("timeStamp.mismatch");
    }

    /** Makes an RSA key whose public exponent is as long as its secret one. */
    private static KeyPair slow() throws GeneralSecurityException {
        var random = new Random(1);
        BigInteger p = BigInteger.probablePrime(1_024, random);
        BigInteger q = BigInteger.probablePrime(1_024, random);
        BigInteger phi = p.subtract(BigInteger.ONE).multiply(q.subtract(BigInteger.ONE));
        BigInteger exponent = BigInteger.probablePrime(2_000, random);
        KeyFactory keys = KeyFactory.getInstance("RSA");
        return new KeyPair(
                keys.generatePublic(new RSAPublicKeySpec(p.multiply(q), exponent)),
                keys.generatePrivate(new RSAPrivateKeySpec(p.multiply(q), exponent.modInverse(phi))));
    }

    @Test
    void aStampOnASignatureThatDoesNotHoldIsNotLookedAt() {
        SigningKey key = KNOWN.signer("Somebody", Span.NOW);
        byte[] file = stamped(key, sign -> {
            byte[] changed = sign.signature().clone();
            changed[5] ^= 1;
            var broken = new Sign1(sign.protectedHeader(), sign.algorithm(), sign.chain(), changed, sign.timeStamps());
            return broken.with(STAMPS.stamp(broken.stamped(), Span.NOW.from()));
        });
        Credentials read = read(file, KNOWN, STAMPS);

        assertThat(read.valid()).isFalse();
        assertThat(read.trusted()).isFalse();
        assertThat(read.findings().cbor().toString()).doesNotContain("timeStamp");
    }

    @Test
    void anAdditionIsTrustedWithWhatItAddsTo() {
        SigningKey known = KNOWN.signer("Somebody", Span.NOW);
        SigningKey unknown = NOBODY.signer("Somebody else", Span.NOW);

        for (List<SigningKey> keys : List.of(
                List.of(known, known), List.of(known, unknown), List.of(unknown, known), List.of(unknown, unknown))) {
            Credentials read = read(added(keys.getFirst(), keys.getLast()), KNOWN);
            assertThat(read.findings().failures()).isEmpty();
            assertThat(read.trusted()).isEqualTo(keys.equals(List.of(known, known)));
        }
    }

    /** Makes a file whose first manifest another one adds to. */
    private static byte[] added(SigningKey first, SigningKey second) {
        Manifest[] base = new Manifest[1];
        var unused = HandMade.bound(0, binding -> {
            base[0] = HandMade.manifest(BoxKind.MANIFEST, "urn:c2pa:1", first, Map.of("c2pa.hash.data", binding));
            return HandMade.store(base[0]);
        });
        Manifest update = HandMade.manifest(
                BoxKind.UPDATE_MANIFEST,
                "urn:c2pa:2",
                second,
                Map.of(
                        "c2pa.ingredient.v3",
                        Map.of("relationship", "parentOf", "activeManifest", base[0].reference())));
        return HandMade.file(HandMade.store(base[0], update));
    }

    @Test
    void namesAreReadAsTheyAreWritten() throws GeneralSecurityException {
        KeyPair pair = TestAuthority.pair("secp256r1");
        var certificate = NOBODY.certificate(
                "CN=A\\0Ab\u202Ec, O=" + "x".repeat(300), pair.getPublic(), Span.NOW, TestAuthority.FOR_PICTURES);

        assertThat(CertificateName.of(certificate)).startsWith("A b c, xxx").hasSizeLessThanOrEqualTo(200);
    }
}
