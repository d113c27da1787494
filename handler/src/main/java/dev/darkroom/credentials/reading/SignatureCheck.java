package dev.darkroom.credentials.reading;

import dev.darkroom.credentials.cose.Sign1;
import dev.darkroom.credentials.cose.StampedTime;
import dev.darkroom.credentials.jumbf.DamagedBoxException;
import dev.darkroom.credentials.key.CertificateName;
import dev.darkroom.credentials.key.ClaimCertificate;
import dev.darkroom.credentials.key.KeyBounds;
import dev.darkroom.credentials.key.PemFiles;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks whether the signatures of claims hold, and whether their certificates are such as sign claims. For one file: how many time stamps
 * are looked at is bounded for all of its claims together.
 */
final class SignatureCheck {
    private static final Map<Integer, String> CURVES = Map.of(
            -7, "SHA256withECDSAinP1363Format",
            -35, "SHA384withECDSAinP1363Format",
            -36, "SHA512withECDSAinP1363Format");
    private static final Map<Integer, Integer> RSA = Map.of(-37, 256, -38, 384, -39, 512);
    private static final int EDDSA = -8;

    /** Time stamps of one file that are looked at: as many as a file of this program's can have. */
    private static final int MOST_STAMPS = 100;

    private final Anchors anchors;
    private int stamps;

    SignatureCheck(Anchors anchors) {
        this.anchors = anchors;
    }

    /**
     * Who signed.
     *
     * @param trusted true if the signature holds and the certificate leads to one that the operator trusts
     * @param time when an authority that the operator trusts saw the signature
     */
    record Signer(String name, String issuer, boolean trusted, Optional<Instant> time) {}

    Signer check(Claim claim, Findings findings) throws DamagedBoxException {
        Sign1 sign = Sign1.read(claim.signature());
        String url = claim.url("c2pa.signature");
        List<X509Certificate> chain = chain(sign);
        X509Certificate signer = chain.getFirst();
        boolean holds = holds(sign, claim.bytes(), signer.getPublicKey());
        if (holds) {
            findings.success("claimSignature.validated", url, "the signature holds");
        } else {
            findings.failure("claimSignature.mismatch", url, "the signature does not hold");
        }
        Optional<StampedTime> stamp = holds ? stamp(sign, claim, findings) : Optional.empty();
        // anybody can stamp any time: who is trusted may rest on the stamp of somebody who is trusted alone
        Optional<Instant> time =
                stamp.filter(one -> isTrusted(one, findings, url)).map(StampedTime::time);
        fault(signer, stamp.map(StampedTime::time).orElseGet(Instant::now))
                .ifPresentOrElse(
                        fault -> findings.failure(fault.code, url, fault.explanation),
                        () -> findings.success("claimSignature.insideValidity", url, "the certificate was valid"));
        boolean trusted = holds && anchors.trust(chain, time.orElseGet(Instant::now));
        return new Signer(CertificateName.of(signer), CertificateName.ofIssuer(signer), trusted, time);
    }

    private Optional<StampedTime> stamp(Sign1 sign, Claim claim, Findings findings) {
        if (sign.timeStamps().isEmpty()) {
            return Optional.empty();
        }
        String url = claim.url("c2pa.signature");
        if (++stamps > MOST_STAMPS) {
            findings.remark("timeStamp.mismatch", url, "the file has more time stamps than are looked at");
            return Optional.empty();
        }
        Optional<StampedTime> stamp = StampedTime.of(sign, claim.bytes());
        if (stamp.isPresent()) {
            findings.success("timeStamp.validated", url, "the time stamp holds");
        } else {
            findings.remark("timeStamp.mismatch", url, "the time stamp does not hold, and is not heeded");
        }
        return stamp;
    }

    private boolean isTrusted(StampedTime stamp, Findings findings, String url) {
        if (anchors.trust(stamp.chain(), stamp.time())) {
            findings.success("timeStamp.trusted", url, "the authority that stamped the time is trusted");
            return true;
        }
        findings.remark(
                "timeStamp.untrusted", url, "the authority that stamped the time is not among those that are trusted");
        return false;
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
        if (!KeyBounds.allow(key)) {
            return false;
        }
        try {
            Signature signature = verifier(sign.algorithm());
            signature.initVerify(key);
            signature.update(sign.signed(payload));
            return signature.verify(sign.signature());
        } catch (GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }

    private static Signature verifier(int algorithm) throws GeneralSecurityException {
        if (CURVES.containsKey(algorithm)) {
            return Signature.getInstance(CURVES.get(algorithm));
        }
        if (algorithm == EDDSA) {
            return Signature.getInstance("Ed25519");
        }
        Integer bits = RSA.get(algorithm);
        if (bits == null) {
            throw new GeneralSecurityException("unknown algorithm");
        }
        Signature signature = Signature.getInstance("RSASSA-PSS");
        String hash = "SHA-" + bits;
        signature.setParameter(new PSSParameterSpec(hash, "MGF1", new MGF1ParameterSpec(hash), bits / 8, 1));
        return signature;
    }

    private record Fault(String code, String explanation) {}

    private static Optional<Fault> fault(X509Certificate certificate, Instant time) {
        if (time.isBefore(certificate.getNotBefore().toInstant())
                || time.isAfter(certificate.getNotAfter().toInstant())) {
            return Optional.of(
                    new Fault("claimSignature.outsideValidity", "the certificate was not valid at the time"));
        }
        if (!ClaimCertificate.signs(certificate) || !ClaimCertificate.isForClaims(certificate)) {
            return Optional.of(new Fault("signingCredential.invalid", "the certificate is none for signing pictures"));
        }
        return Optional.empty();
    }
}
