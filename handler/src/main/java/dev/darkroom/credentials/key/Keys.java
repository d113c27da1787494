package dev.darkroom.credentials.key;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** Finds the key that a worker signs with. */
public final class Keys {
    private static final String KEY = "DARKROOM_PROVENANCE_KEY";
    private static final String CHAIN = "DARKROOM_PROVENANCE_CHAIN";

    private Keys() {}

    /**
     * Returns the operator's key, or the worker's own, which is made the first time.
     *
     * @param key PEM or the path of a file with it
     * @param chain PEM or the path of a file with it: the certificate of the key first
     * @param folder for the worker's own key
     * @throws IllegalArgumentException naming the setting that is wrong
     * @throws IOException if the own key can neither be read nor written
     */
    public static SigningKey find(Optional<String> key, Optional<String> chain, Path folder) throws IOException {
        Optional<String> given = key.filter(text -> !text.isBlank());
        Optional<String> certificates = chain.filter(text -> !text.isBlank());
        if (given.isEmpty() && certificates.isEmpty()) {
            return new KeyFolder(folder).key();
        }
        if (given.isEmpty() || certificates.isEmpty()) {
            throw new IllegalArgumentException((given.isEmpty() ? KEY : CHAIN) + ": must be set too where "
                    + (given.isEmpty() ? CHAIN : KEY) + " is");
        }
        var found =
                new SigningKey(PemFiles.key(KEY, given.get()), PemFiles.certificates(CHAIN, certificates.get()), false);
        check(found);
        return found;
    }

    private static void check(SigningKey key) {
        X509Certificate certificate = key.chain().getFirst();
        if (!(certificate.getPublicKey() instanceof ECPublicKey point) || !isPair(key.key(), point)) {
            throw new IllegalArgumentException(CHAIN + ": the first certificate is not that of " + KEY);
        }
        if (!ClaimCertificate.signs(certificate)) {
            throw new IllegalArgumentException(
                    CHAIN + ": the first certificate must be one for digital signatures, not that of an authority");
        }
        if (!ClaimCertificate.isForClaims(certificate)) {
            throw new IllegalArgumentException(
                    CHAIN + ": the first certificate must be for signing pictures: the purposes that it names"
                            + " (extended key usage) must have e-mail protection, document signing or C2PA's own"
                            + " among them");
        }
        try {
            certificate.checkValidity(Date.from(Instant.now()));
        } catch (CertificateException e) {
            throw new IllegalArgumentException(
                    CHAIN + ": the first certificate is valid from "
                            + certificate.getNotBefore().toInstant() + " to "
                            + certificate.getNotAfter().toInstant() + " alone",
                    e);
        }
        checkOrder(key.chain());
    }

    private static void checkOrder(List<X509Certificate> chain) {
        for (int i = 0; i + 1 < chain.size(); i++) {
            if (!isSigned(chain.get(i), chain.get(i + 1))) {
                throw new IllegalArgumentException(
                        CHAIN + ": each certificate must be followed by that of whoever signed it");
            }
        }
    }

    private static boolean isSigned(X509Certificate certificate, X509Certificate issuer) {
        try {
            certificate.verify(issuer.getPublicKey());
            return certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static boolean isPair(ECPrivateKeyParameters key, ECPublicKey point) {
        ECPoint computed = new FixedPointCombMultiplier()
                .multiply(key.getParameters().getG(), key.getD())
                .normalize();
        return computed.getAffineXCoord().toBigInteger().equals(point.getW().getAffineX())
                && computed.getAffineYCoord().toBigInteger().equals(point.getW().getAffineY());
    }
}
