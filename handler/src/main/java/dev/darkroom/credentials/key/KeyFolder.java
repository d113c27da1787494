package dev.darkroom.credentials.key;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
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
import org.jboss.logging.Logger;

/**
 * The folder with the key that a worker has made itself, and its certificates, in one file that only the worker's user may read: so both
 * are there, or none. Workers that share the folder share the key: the first one makes it.
 */
final class KeyFolder {
    private static final Logger LOG = Logger.getLogger(KeyFolder.class);
    private static final String END = "-----END PRIVATE KEY-----";
    private static final Set<PosixFilePermission> OF_OWNER = PosixFilePermissions.fromString("rw-------");
    private static final FileAttribute<Set<PosixFilePermission>> FOR_OWNER =
            PosixFilePermissions.asFileAttribute(OF_OWNER);

    private final Path file;

    KeyFolder(Path folder) {
        this.file = folder.resolve("own-key.pem");
    }

    /**
     * Returns the worker's own key; the first time it is made.
     *
     * @throws IOException if it can neither be read nor written, or a crash has left half of it
     */
    SigningKey key() throws IOException {
        if (!Files.exists(file)) {
            make();
        }
        narrow();
        String text = Files.readString(file);
        if (!text.contains(END)) {
            throw new IOException(file + ": holds no whole key, as after a crash while it was written;"
                    + " delete it, and the worker makes another");
        }
        String name = String.valueOf(file.getFileName());
        ECPrivateKeyParameters key = PemFiles.key(name, text);
        List<X509Certificate> chain = PemFiles.certificates(name, text);
        return new SigningKey(key, chain, true);
    }

    /** Takes from others what they may do with the file, such as after it was copied. */
    private void narrow() throws IOException {
        if (OF_OWNER.containsAll(Files.getPosixFilePermissions(file))) {
            return;
        }
        try {
            Files.setPosixFilePermissions(file, OF_OWNER);
            LOG.warnf("%s could be read or written by others than the worker's user, and no longer can", file);
        } catch (IOException e) {
            LOG.warnf("%s can be read or written by others than the worker's user, and that cannot be changed", file);
        }
    }

    private void make() throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        byte[] content = content();
        Path unfinished = Files.createTempFile(folder, "new-", ".pem", FOR_OWNER);
        try {
            write(unfinished, content);
            publish(unfinished, content);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    /** Gives a finished file its name, unless another worker was first: then that one's key is read. */
    private void publish(Path finished, byte[] content) throws IOException {
        try {
            Files.createLink(file, finished);
        } catch (FileAlreadyExistsException e) {
            LOG.debugf("%s was made by another worker meanwhile", file);
        } catch (FileSystemException | UnsupportedOperationException e) {
            // no links on this file system: then whoever creates it is first, and a crash may leave half of it
            try {
                Files.createFile(file, FOR_OWNER);
                write(file, content);
            } catch (FileAlreadyExistsException other) {
                LOG.debugf("%s was made by another worker meanwhile", file);
            }
        }
    }

    private static byte[] content() throws IOException {
        OwnCertificate.Made made = OwnCertificate.make(Instant.now());
        var text = new StringBuilder();
        for (X509CertificateHolder certificate : made.chain()) {
            text.append(PemFiles.pem("CERTIFICATE", certificate.getEncoded()));
        }
        text.append(PemFiles.pem(
                "PRIVATE KEY",
                PrivateKeyInfoFactory.createPrivateKeyInfo(made.key()).getEncoded()));
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /** Writes a file so that it is on the disk before it gets its name. */
    private static void write(Path path, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }
}
