package dev.darkroom.credentials.cose;

import dev.darkroom.credentials.key.KeyBounds;
import dev.darkroom.credentials.key.PemFiles;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.tsp.TSPException;
import org.bouncycastle.tsp.TimeStampResponse;
import org.bouncycastle.tsp.TimeStampToken;

/**
 * The time on a signature, from the token of an authority: what it stamped, and that it did, are checked. Whether anybody knows the
 * authority is for the caller to find out: everybody can be one.
 *
 * @param chain certificates of the authority as they came with the token, its own first
 */
public record StampedTime(Instant time, List<X509Certificate> chain) {
    private static final int LARGEST = 64 << 10;
    private static final int MOST_CERTIFICATES = 10;
    private static final Map<String, String> DIGESTS = Map.of(
            "2.16.840.1.101.3.4.2.1", "SHA-256",
            "2.16.840.1.101.3.4.2.2", "SHA-384",
            "2.16.840.1.101.3.4.2.3", "SHA-512");

    public StampedTime {
        chain = List.copyOf(chain);
    }

    /**
     * Returns the time; empty without a token, or if it does not hold.
     *
     * @param payload that was signed
     */
    public static Optional<StampedTime> of(Sign1 sign, byte[] payload) {
        return sign.timeStamps()
                .filter(stamp -> stamp.token().length <= LARGEST)
                .flatMap(stamp -> time(stamp, stamp.ofSignature() ? sign.stamped() : sign.stamped(payload)));
    }

    private static Optional<StampedTime> time(Sign1.TimeStamp stamp, byte[] stamped) {
        try {
            TimeStampToken token = stamp.ofSignature()
                    ? new TimeStampToken(new CMSSignedData(stamp.token()))
                    : new TimeStampResponse(stamp.token()).getTimeStampToken();
            return token == null || !isOf(token, stamped) ? Optional.empty() : Optional.of(checked(token));
        } catch (IOException | TSPException | CMSException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /**
     * Checks the signature of a token; not what it is of.
     *
     * @throws TSPException if it does not hold, or is by a key that is not used here
     */
    static StampedTime checked(TimeStampToken token) throws TSPException, IOException {
        try {
            List<X509Certificate> chain = chain(token);
            if (!KeyBounds.allow(chain.getFirst().getPublicKey())) {
                throw new TSPException("its key is of an unknown kind, too small or too large");
            }
            token.validate(new JcaSimpleSignerInfoVerifierBuilder().build(chain.getFirst()));
            return new StampedTime(token.getTimeStampInfo().getGenTime().toInstant(), chain);
        } catch (CertificateException | OperatorCreationException e) {
            throw new TSPException("its certificate cannot be read", e);
        }
    }

    /** Follows the certificates in a token from that of the signer to those of whoever signed the one before. */
    private static List<X509Certificate> chain(TimeStampToken token)
            throws TSPException, IOException, CertificateException {
        List<X509CertificateHolder> all =
                new ArrayList<>(token.getCertificates().getMatches(null));
        List<X509Certificate> chain = new ArrayList<>();
        Optional<X509CertificateHolder> next =
                all.stream().filter(one -> token.getSID().match(one)).findFirst();
        while (next.isPresent() && chain.size() < MOST_CERTIFICATES) {
            X509CertificateHolder last = next.get();
            chain.add(PemFiles.certificate(last.getEncoded()));
            all.remove(last);
            next = all.stream()
                    .filter(one -> one.getSubject().equals(last.getIssuer()))
                    .findFirst();
        }
        if (chain.isEmpty()) {
            throw new TSPException("it comes without its certificate");
        }
        return chain;
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
}
