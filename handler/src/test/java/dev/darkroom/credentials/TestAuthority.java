package dev.darkroom.credentials;

import dev.darkroom.credentials.jumbf.HashedReference;
import dev.darkroom.credentials.key.SigningKey;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.cms.SignerInfoGenerator;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoGeneratorBuilder;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.TSPAlgorithms;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampResponseGenerator;
import org.bouncycastle.tsp.TimeStampTokenGenerator;

/** An authority that gives certificates to whoever signs pictures or stamps times. */
record TestAuthority(X500Name name, KeyPair pair, X509Certificate certificate) {
    static final KeyPurposeId FOR_PICTURES = KeyPurposeId.id_kp_emailProtection;
    private static final String SIGNED = "SHA256withECDSA";

    /** A time for which a certificate is valid. */
    record Span(Instant from, Instant to) {
        static final Span NOW = around(Instant.now().truncatedTo(ChronoUnit.SECONDS));

        static Span around(Instant time) {
            return new Span(time.minus(Duration.ofDays(2)), time.plus(Duration.ofDays(2)));
        }
    }

    static TestAuthority make(String called) {
        try {
            var name = new X500Name("CN=" + called);
            KeyPair pair = pair("secp256r1");
            Span decade = new Span(Span.NOW.from.minus(Duration.ofDays(4_000)), Span.NOW.to);
            var builder = builder(name, name, pair.getPublic(), decade)
                    .addExtension(Extension.basicConstraints, true, new BasicConstraints(true))
                    .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
            return new TestAuthority(name, pair, signed((JcaX509v3CertificateBuilder) builder, pair));
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    static KeyPair pair(String curve) throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    private static JcaX509v3CertificateBuilder builder(X500Name issuer, X500Name subject, PublicKey key, Span span) {
        return new JcaX509v3CertificateBuilder(
                issuer,
                BigInteger.valueOf(1 + Math.abs(subject.hashCode())),
                Date.from(span.from),
                Date.from(span.to),
                subject,
                key);
    }

    private static X509Certificate signed(JcaX509v3CertificateBuilder builder, KeyPair by)
            throws GeneralSecurityException, OperatorCreationException {
        return new JcaX509CertificateConverter()
                .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNED).build(by.getPrivate())));
    }

    X509Certificate certificate(String distinguished, PublicKey key, Span span, KeyPurposeId purpose) {
        try {
            var builder = builder(name, new X500Name(distinguished), key, span);
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(purpose));
            return signed(builder, pair);
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes a key that this authority vouches for. */
    SigningKey signer(String called, Span span) {
        try {
            KeyPair own = pair("secp256r1");
            var key = (ECPrivateKeyParameters)
                    PrivateKeyFactory.createKey(own.getPrivate().getEncoded());
            X509Certificate certificate = certificate("CN=" + called, own.getPublic(), span, FOR_PICTURES);
            return new SigningKey(key, List.of(certificate, this.certificate), false);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Stamps a time on bytes, with a key for that which this authority vouches for. */
    byte[] stamp(byte[] bytes, Instant time) {
        try {
            return stamp(bytes, time, pair("secp256r1"), SIGNED);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    byte[] stamp(byte[] bytes, Instant time, KeyPair stamps, String algorithm) {
        try {
            var span = new Span(time.minus(Duration.ofDays(2)), Span.NOW.to); // a token also says when it was made
            X509Certificate own = certificate("CN=Stamps", stamps.getPublic(), span, KeyPurposeId.id_kp_timeStamping);
            SignerInfoGenerator signer =
                    new JcaSimpleSignerInfoGeneratorBuilder().build(algorithm, stamps.getPrivate(), own);
            var digests = new JcaDigestCalculatorProviderBuilder().build();
            var tokens = new TimeStampTokenGenerator(
                    signer,
                    digests.get(new AlgorithmIdentifier(TSPAlgorithms.SHA256)),
                    new ASN1ObjectIdentifier("1.2.3.4"));
            tokens.addCertificates(new JcaCertStore(List.of(own, certificate)));
            var request = new TimeStampRequestGenerator();
            request.setCertReq(true);
            byte[] hash = HashedReference.sha256(bytes);
            return new TimeStampResponseGenerator(tokens, TSPAlgorithms.ALLOWED)
                    .generate(request.generate(TSPAlgorithms.SHA256, hash), BigInteger.ONE, Date.from(time))
                    .getTimeStampToken()
                    .getEncoded();
        } catch (IOException | TSPException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }
}
