package dev.darkroom.credentials.key;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x9.ECNamedCurveTable;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/** Keys and certificates as PEM, in a file or in a setting itself. */
public final class PemFiles {
    private static final String BEGINNING = "-----BEGIN";
    private static final X9ECParameters P256 = ECNamedCurveTable.getByName("secp256r1");
    private static final long LARGEST = 1 << 20;

    private PemFiles() {}

    /**
     * Reads a private key for ES256.
     *
     * @param setting for errors
     * @param value PEM itself, or the path of a file with it
     */
    static ECPrivateKeyParameters key(String setting, String value) {
        try (var parser = new PEMParser(new StringReader(text(setting, value)))) {
            Object found = parser.readObject();
            while (found != null && !(found instanceof PEMKeyPair) && !(found instanceof PrivateKeyInfo)) {
                found = parser.readObject(); // openssl writes the curve's parameters first
            }
            AsymmetricKeyParameter key = switch (found) {
                case PEMKeyPair pair -> PrivateKeyFactory.createKey(pair.getPrivateKeyInfo());
                case PrivateKeyInfo info -> PrivateKeyFactory.createKey(info);
                case null, default ->
                    throw new IllegalArgumentException(
                            setting + ": there is no private key in it that can be read without a password");
            };
            if (key instanceof ECPrivateKeyParameters curve
                    && curve.getParameters().equals(new ECDomainParameters(P256))) {
                return curve; // others have as many bits
            }
            throw new IllegalArgumentException(setting + ": must be a key on the curve P-256, for ES256");
        } catch (IOException | RuntimeException e) {
            throw e instanceof IllegalArgumentException known
                            && String.valueOf(known.getMessage()).startsWith(setting)
                    ? known
                    : new IllegalArgumentException(setting + ": holds no private key in PEM", e);
        }
    }

    /**
     * Reads certificates.
     *
     * @param setting for errors
     * @param value PEM itself, or the path of a file with it
     */
    public static List<X509Certificate> certificates(String setting, String value) {
        List<X509Certificate> certificates = new ArrayList<>();
        try (var reader = new PemReader(new StringReader(text(setting, value)))) {
            for (PemObject object = reader.readPemObject(); object != null; object = reader.readPemObject()) {
                if (object.getType().endsWith("CERTIFICATE")) {
                    certificates.add(certificate(object.getContent()));
                }
            }
        } catch (IOException | CertificateException e) {
            throw new IllegalArgumentException(setting + ": holds something else than certificates in PEM", e);
        }
        if (certificates.isEmpty()) {
            throw new IllegalArgumentException(setting + ": holds no certificate in PEM");
        }
        return certificates;
    }

    /**
     * Reads one certificate.
     *
     * @throws CertificateException if it is none
     */
    public static X509Certificate certificate(byte[] der) throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    private static String text(String setting, String value) {
        if (value.strip().startsWith(BEGINNING)) {
            return value.replace("\\n", "\n"); // as variables of one line have it
        }
        try {
            Path file = Path.of(value.strip());
            if (Files.size(file) > LARGEST) {
                throw new IllegalArgumentException(setting + ": the file is larger than any PEM file");
            }
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException(setting + ": must be PEM, or a file with it that can be read", e);
        }
    }

    /** Writes PEM. */
    static String pem(String type, byte[] content) {
        var text = new StringWriter();
        try (var writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, content));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return text.toString();
    }
}
