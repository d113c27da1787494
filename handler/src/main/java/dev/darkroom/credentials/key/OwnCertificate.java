package dev.darkroom.credentials.key;

import dev.darkroom.snapshot.Randomness;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509ExtensionUtils;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.bouncycastle.operator.ContentSigner;

/**
 * Makes a key and the two certificates that C2PA's profile asks for: one that signs pictures, signed by one that signs nothing else, whose
 * key is forgotten at once. No trust list knows them.
 */
final class OwnCertificate {
    /** Time for which they are valid: pictures without a time stamp are, as long as their certificate is. */
    private static final Duration VALID = Duration.ofDays(20 * 365);

    /** Time by which clocks may differ. */
    private static final Duration CLOCKS = Duration.ofDays(1);

    private static final String CURVE = "secp256r1";
    private static final int SERIAL = 16;

    private OwnCertificate() {}

    /** A new key with its certificates, the signer's first. */
    record Made(ECPrivateKeyParameters key, List<X509CertificateHolder> chain) {}

    static Made make(Instant now) {
        try {
            Pair root = Pair.make();
            Pair signer = Pair.make();
            String id = HexFormat.of().formatHex(random(4));
            X500Name authority =
                    new X500Name("CN=Darkroom self-made authority " + id + ", O=Darkroom (on no trust list)");
            X500Name name = new X500Name("CN=Darkroom worker " + id + ", O=Darkroom (on no trust list)");
            X509CertificateHolder signers = certificate(
                    builder(authority, name, signer, root, now)
                            .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
                            .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                            .addExtension(
                                    Extension.extendedKeyUsage,
                                    false,
                                    new ExtendedKeyUsage(KeyPurposeId.id_kp_emailProtection)),
                    root);
            X509CertificateHolder roots = certificate(
                    builder(authority, authority, root, root, now)
                            .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                            .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign)),
                    root);
            return new Made(signer.key, List.of(signers, roots));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static X509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, Pair pair, Pair signer, Instant now) throws IOException {
        X509ExtensionUtils ids = new BcX509ExtensionUtils();
        return new X509v3CertificateBuilder(
                        issuer,
                        new BigInteger(1, random(SERIAL))
                                .clearBit(8 * SERIAL - 1)
                                .setBit(1),
                        Date.from(now.minus(CLOCKS)),
                        Date.from(now.plus(VALID)),
                        subject,
                        pair.info)
                .addExtension(Extension.subjectKeyIdentifier, false, ids.createSubjectKeyIdentifier(pair.info))
                .addExtension(Extension.authorityKeyIdentifier, false, ids.createAuthorityKeyIdentifier(signer.info));
    }

    private static X509CertificateHolder certificate(X509v3CertificateBuilder builder, Pair signer) {
        return builder.build(new Es256(signer.key));
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        Randomness.fill(bytes);
        return bytes;
    }

    /** A new key of both halves. */
    private record Pair(ECPrivateKeyParameters key, SubjectPublicKeyInfo info) {
        static Pair make() throws IOException {
            X9ECParameters curve = ECNamedCurveTable.getByName(CURVE);
            var domain = new ECNamedDomainParameters(X9ObjectIdentifiers.prime256v1, curve);
            // 64 bits more than the curve's order, so that no remainder is likelier than another
            BigInteger secret = new BigInteger(1, random(40))
                    .mod(domain.getN().subtract(BigInteger.ONE))
                    .add(BigInteger.ONE);
            var point = new FixedPointCombMultiplier().multiply(domain.getG(), secret);
            return new Pair(
                    new ECPrivateKeyParameters(secret, domain),
                    SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(new ECPublicKeyParameters(point, domain)));
        }
    }

    /** Signs certificates. */
    private record Es256(ECPrivateKeyParameters key, ByteArrayOutputStream content) implements ContentSigner {
        Es256(ECPrivateKeyParameters key) {
            this(key, new ByteArrayOutputStream());
        }

        @Override
        public AlgorithmIdentifier getAlgorithmIdentifier() {
            return new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256);
        }

        @Override
        public OutputStream getOutputStream() {
            return content;
        }

        @Override
        public byte[] getSignature() {
            BigInteger[] pair = SigningKey.pair(key, content.toByteArray());
            try {
                return new DERSequence(new ASN1Integer[] {new ASN1Integer(pair[0]), new ASN1Integer(pair[1])})
                        .getEncoded();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
