package dev.darkroom.credentials.key;

import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** The names in certificates, as people read them. */
public final class CertificateName {
    private CertificateName() {}

    /** Returns whom a certificate is for: its common name and organisation, as far as it has them. */
    public static String of(X509Certificate certificate) {
        return of(certificate.getSubjectX500Principal().getName());
    }

    /** Returns who signed a certificate. */
    public static String ofIssuer(X509Certificate certificate) {
        return of(certificate.getIssuerX500Principal().getName());
    }

    private static String of(String distinguished) {
        String known = Stream.of("CN", "O")
                .flatMap(type -> part(distinguished, type).stream())
                .distinct()
                .collect(Collectors.joining(", "));
        return PlainText.of(known.isEmpty() ? distinguished : known);
    }

    private static Optional<String> part(String distinguished, String type) {
        try {
            return new LdapName(distinguished)
                    .getRdns().stream()
                            .filter(rdn -> rdn.getType().equalsIgnoreCase(type))
                            .map(Rdn::getValue)
                            .filter(String.class::isInstance)
                            .map(String.class::cast)
                            .findFirst();
        } catch (InvalidNameException e) {
            return Optional.empty();
        }
    }
}
