package dev.darkroom.credentials.key;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

/** What C2PA's profile asks of the certificate of whoever signs a picture, beside its being valid. */
public final class ClaimCertificate {
    private static final int DIGITAL_SIGNATURE = 0;
    private static final int VERSION = 3;

    /** Purposes that it may be for: e-mail protection, documents, C2PA's own. */
    private static final Set<String> PURPOSES =
            Set.of("1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36", "1.3.6.1.4.1.62558.2.1");

    private ClaimCertificate() {}

    /** Returns true for a certificate of version 3 that is for digital signatures and not for signing certificates. */
    public static boolean signs(X509Certificate certificate) {
        boolean[] usage = certificate.getKeyUsage();
        return usage != null
                && usage[DIGITAL_SIGNATURE]
                && certificate.getBasicConstraints() < 0
                && certificate.getVersion() == VERSION;
    }

    /** Returns true if one of the purposes that a certificate names is that of signing pictures. */
    public static boolean isForClaims(X509Certificate certificate) {
        try {
            List<String> purposes = certificate.getExtendedKeyUsage();
            return purposes != null && purposes.stream().anyMatch(PURPOSES::contains);
        } catch (CertificateParsingException e) {
            return false;
        }
    }
}
