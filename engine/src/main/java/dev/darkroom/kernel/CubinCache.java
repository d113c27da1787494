package dev.darkroom.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

/** Compiled kernels on disk: a hash of the machine code, then the machine code. A file that does not agree with its hash is none. */
record CubinCache(Path folder) {
    private static final int HASH = 32;

    /** Reads a file; empty if it is not there or damaged. */
    Optional<byte[]> read(String name) {
        try {
            byte[] file = Files.readAllBytes(folder.resolve(name));
            if (file.length <= HASH) {
                return Optional.empty();
            }
            byte[] cubin = Arrays.copyOfRange(file, HASH, file.length);
            return MessageDigest.isEqual(hash(cubin), Arrays.copyOf(file, HASH))
                    ? Optional.of(cubin)
                    : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Writes a file, so that a reader sees all of it or nothing. A folder that cannot be written costs the next start some seconds, no more. */
    void write(String name, byte[] cubin) {
        try {
            Files.createDirectories(folder);
            Path part = Files.createTempFile(folder, name, ".part");
            try {
                byte[] file = Arrays.copyOf(hash(cubin), HASH + cubin.length);
                System.arraycopy(cubin, 0, file, HASH, cubin.length);
                Files.write(part, file);
                Files.move(
                        part,
                        folder.resolve(name),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            KernelLibrary.LOG.infof("compiled kernels are not kept: %s", e);
        }
    }

    private static byte[] hash(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
