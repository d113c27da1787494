package dev.darkroom.credentials.cose;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.DefaultCMSSignatureAlgorithmNameGenerator;
import org.bouncycastle.cms.SignerInformationVerifier;
import org.bouncycastle.cms.bc.BcECSignerInfoVerifierBuilder;
import org.bouncycastle.cms.bc.BcRSASignerInfoVerifierBuilder;
import org.bouncycastle.operator.DefaultDigestAlgorithmIdentifierFinder;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.bc.BcDigestCalculatorProvider;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampToken;

/** The time on a signature, from the token of an authority: what it stamped, and that it did, are checked; whether it is known is not. */
public final class StampedTime {
    private static final int LARGEST = 64 << 10;
    private static final String RSA_KEY = "1.2.840.113549.1.1.1";
    private static final Map<String, String> DIGESTS = Map.of(
            "2.16.840.1.101.3.4.2.1", "SHA-256",
            "2.16.840.1.101.3.4.2.2", "SHA-384",
            "2.16.840.1.101.3.4.2.3", "SHA-512");

    private StampedTime() {}

    /**
     * Returns the time; empty without a token, or if it does not hold.
     *
     * @param payload that was signed
     */
    public static Optional<Instant> of(Sign1 sign, byte[] payload) {
        return sign.timeStamps()
                .filter(stamp -> stamp.token().length <= LARGEST)
                .flatMap(stamp -> time(stamp, stamp.ofSignature() ? sign.stamped() : sign.stamped(payload)));
    }

    private static Optional<Instant> time(Sign1.TimeStamp stamp, byte[] stamped) {
        try {
            TimeStampToken token = stamp.ofSignature()
                    ? new TimeStampToken(new CMSSignedData(stamp.token()))
                    : new TimeStampResponse(stamp.token()).getTimeStampToken();
            if (token == null || !isOf(token, stamped)) {
                return Optional.empty();
            }
            Collection<X509CertificateHolder> signers = token.getCertificates().getMatches(token.getSID());
            if (signers.isEmpty()) {
                return Optional.empty();
            }
            token.validate(verifier(signers.iterator().next()));
            return Optional.of(token.getTimeStampInfo().getGenTime().toInstant());
        } catch (IOException | TSPException | CMSException | OperatorCreationException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static boolean isOf(TimeStampToken token, byte[] stamped) {
        String name =
                DIGESTS.get(token.getTimeStampInfo().getMessageImprintAlgOID().getId());
        if (name == null) {
            return false;
        }
        try {
            byte[] digest = MessageDigest.getInstance(name).digest(stamped);
            return Arrays.equals(digest, token.getTimeStampInfo().getMessageImprintDigest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static SignerInformationVerifier verifier(X509CertificateHolder signer) throws OperatorCreationException {
        var names = new DefaultCMSSignatureAlgorithmNameGenerator();
        var signatures = new DefaultSignatureAlgorithmIdentifierFinder();
        var digests = new DefaultDigestAlgorithmIdentifierFinder();
        var calculators = new BcDigestCalculatorProvider();
        boolean rsa = signer.getSubjectPublicKeyInfo()
                .getAlgorithm()
                .getAlgorithm()
                .getId()
                .equals(RSA_KEY);
        return rsa
                ? new BcRSASignerInfoVerifierBuilder(names, signatures, digests, calculators).build(signer)
                : new BcECSignerInfoVerifierBuilder(names, signatures, digests, calculators).build(signer);
    }
}
