package dev.darkroom.credentials.key;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;

/**
 * The folder with the key that a worker has made itself, and its certificates, in one file that only the worker's user may read: so both
 * are there, or none.
 */
final class KeyFolder {
    private static final FileAttribute<Set<PosixFilePermission>> FOR_OWNER =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final Path file;

    KeyFolder(Path folder) {
        this.file = folder.resolve("own-key.pem");
    }

    /**
     * Returns the worker's own key; the first time it is made.
     *
     * @throws IOException if it can neither be read nor written
     */
    SigningKey key() throws IOException {
        if (!Files.exists(file)) {
            make();
        }
        String text = Files.readString(file);
        String name = String.valueOf(file.getFileName());
        ECPrivateKeyParameters key = PemFiles.key(name, text);
        List<X509Certificate> chain = PemFiles.certificates(name, text);
        return new SigningKey(key, chain, true);
    }

    /** Makes a key in a file beside, which takes the place of the file in one step; whoever is first has made it. */
    private void make() throws IOException {
        OwnCertificate.Made made = OwnCertificate.make(Instant.now());
        var text = new StringBuilder();
        for (X509CertificateHolder certificate : made.chain()) {
            text.append(PemFiles.pem("CERTIFICATE", certificate.getEncoded()));
        }
        text.append(PemFiles.pem(
                "PRIVATE KEY",
                PrivateKeyInfoFactory.createPrivateKeyInfo(made.key()).getEncoded()));
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Path unfinished = Files.createTempFile(folder, "new-", ".pem", FOR_OWNER);
        try {
            Files.writeString(unfinished, text);
            if (!Files.exists(file)) {
                Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
            }
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }
}
