package dev.darkroom.credentials.reading;

import java.security.GeneralSecurityException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The certificates that the operator trusts; none unless some were set.
 *
 * @param certificates of authorities, or of signers themselves
 */
public record Anchors(List<X509Certificate> certificates) {
    /** Nobody is trusted. */
    public static final Anchors NONE = new Anchors(List.of());

    public Anchors {
        certificates = List.copyOf(certificates);
    }

    /**
     * Returns true if a chain leads to one of these.
     *
     * @param chain the signer's certificate first
     * @param time at which the chain has to hold
     */
    boolean trust(List<X509Certificate> chain, Instant time) {
        if (certificates.isEmpty()) {
            return false;
        }
        Set<TrustAnchor> anchors = certificates.stream()
                .map(certificate -> new TrustAnchor(certificate, null))
                .collect(Collectors.toSet());
        List<X509Certificate> path = new ArrayList<>();
        for (X509Certificate certificate : chain) {
            if (certificates.contains(certificate)) {
                if (path.isEmpty()) {
                    return true; // the signer itself is trusted
                }
                break; // what is trusted is no part of the way to it
            }
            path.add(certificate);
        }
        try {
            CertPath certPath = CertificateFactory.getInstance("X.509").generateCertPath(path);
            var parameters = new PKIXParameters(anchors);
            parameters.setRevocationEnabled(false); // asks nobody
            parameters.setDate(Date.from(time));
            var unused = CertPathValidator.getInstance("PKIX").validate(certPath, parameters);
            return true;
        } catch (GeneralSecurityException | RuntimeException e) {
            return false;
        }
    }
}
