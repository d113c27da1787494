package dev.darkroom.credentials.reading;

import dev.darkroom.credentials.cose.Sign1;
import dev.darkroom.credentials.cose.StampedTime;
import dev.darkroom.credentials.jumbf.DamagedBoxException;
import dev.darkroom.credentials.key.CertificateName;
import dev.darkroom.credentials.key.PemFiles;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Checks whether a claim's signature holds, and whether its certificate is one for signing claims. */
final class SignatureCheck {
    private static final Map<Integer, String> CURVES = Map.of(
            -7, "SHA256withECDSAinP1363Format",
            -35, "SHA384withECDSAinP1363Format",
            -36, "SHA512withECDSAinP1363Format");
    private static final Map<Integer, Integer> RSA = Map.of(-37, 256, -38, 384, -39, 512);
    private static final int EDDSA = -8;

    /** Bits of RSA keys: fewer are no protection, more take too long. */
    private static final int FEWEST_BITS = 2_048;

    private static final int MOST_BITS = 8_192;
    private static final int MOST_EXPONENT_BITS = 34;
    private static final int DIGITAL_SIGNATURE = 0;

    /** Purposes that a certificate for claims may be for: e-mail protection, documents, C2PA's own. */
    private static final Set<String> PURPOSES =
            Set.of("1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36", "1.3.6.1.4.1.62558.2.1");

    private SignatureCheck() {}

    /**
     * Who signed.
     *
     * @param time when an authority saw the signature
     */
    record Signer(String name, String issuer, boolean trusted, Optional<Instant> time) {}

    static Signer check(Claim claim, Anchors anchors, Findings findings) throws DamagedBoxException {
        Sign1 sign = Sign1.read(claim.signature());
        String url = claim.url("c2pa.signature");
        List<X509Certificate> chain = chain(sign);
        X509Certificate signer = chain.getFirst();
        if (holds(sign, claim.bytes(), signer.getPublicKey())) {
            findings.success("claimSignature.validated", url, "the signature holds");
        } else {
            findings.failure("claimSignature.mismatch", url, "the signature does not hold");
        }
        Optional<Instant> time = StampedTime.of(sign, claim.bytes());
        if (sign.timeStamps().isPresent()) {
            note(time.isPresent(), findings, url);
        }
        Instant then = time.orElseGet(Instant::now);
        fault(signer, then)
                .ifPresentOrElse(
                        fault -> findings.failure(fault.code, url, fault.explanation),
                        () -> findings.success("claimSignature.insideValidity", url, "the certificate was valid"));
        return new Signer(
                CertificateName.of(signer), CertificateName.ofIssuer(signer), anchors.trust(chain, then), time);
    }

    private static void note(boolean holds, Findings findings, String url) {
        if (holds) {
            findings.success("timeStamp.validated", url, "the time stamp holds");
        } else {
            findings.remark("timeStamp.mismatch", url, "the time stamp does not hold, and is not heeded");
        }
    }

    private static List<X509Certificate> chain(Sign1 sign) throws DamagedBoxException {
        List<X509Certificate> chain = new ArrayList<>();
        for (byte[] der : sign.chain()) {
            try {
                chain.add(PemFiles.certificate(der));
            } catch (CertificateException | RuntimeException e) {
                var damaged = new DamagedBoxException("a certificate of their signature cannot be read");
                damaged.initCause(e);
                throw damaged;
            }
        }
        return chain;
    }

    private static boolean holds(Sign1 sign, byte[] payload, PublicKey key) {
        try {
            Signature signature = verifier(sign.algorithm(), key);
            signature.initVerify(key);
            signature.update(sign.signed(payload));
            return signature.verify(sign.signature());
        } catch (GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }

    private static Signature verifier(int algorithm, PublicKey key) throws GeneralSecurityException {
        if (CURVES.containsKey(algorithm)) {
            return Signature.getInstance(CURVES.get(algorithm));
        }
        if (algorithm == EDDSA) {
            return Signature.getInstance("Ed25519");
        }
        Integer bits = RSA.get(algorithm);
        if (bits == null || !(key instanceof RSAPublicKey rsa) || !isReasonable(rsa)) {
            throw new GeneralSecurityException("unknown algorithm");
        }
        Signature signature = Signature.getInstance("RSASSA-PSS");
        String hash = "SHA-" + bits;
        signature.setParameter(new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), bits / 8, 1));
        return signature;
    }

    private static boolean isReasonable(RSAPublicKey key) {
        int bits = key.getModulus().bitLength();
        return bits >= FEWEST_BITS
                && bits <= MOST_BITS
                && key.getPublicExponent().bitLength() <= MOST_EXPONENT_BITS;
    }

    private record Fault(String code, String explanation) {}

    private static Optional<Fault> fault(X509Certificate certificate, Instant time) {
        if (time.isBefore(certificate.getNotBefore().toInstant())
                || time.isAfter(certificate.getNotAfter().toInstant())) {
            return Optional.of(
                    new Fault("claimSignature.outsideValidity", "the certificate was not valid at the time"));
        }
        boolean[] usage = certificate.getKeyUsage();
        boolean signs = usage != null && usage[DIGITAL_SIGNATURE] && certificate.getBasicConstraints() < 0;
        if (!signs || certificate.getVersion() != 3 || !isForClaims(certificate)) {
            return Optional.of(new Fault("signingCredential.invalid", "the certificate is none for signing pictures"));
        }
        return Optional.empty();
    }

    private static boolean isForClaims(X509Certificate certificate) {
        try {
            List<String> purposes = certificate.getExtendedKeyUsage();
            return purposes != null && purposes.stream().anyMatch(PURPOSES::contains);
        } catch (CertificateException e) {
            return false;
        }
    }
}
