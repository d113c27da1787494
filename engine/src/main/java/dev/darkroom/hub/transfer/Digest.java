package dev.darkroom.hub.transfer;

import dev.darkroom.hub.HubException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The hash that the content of a file must have: SHA-256 for large files, git's id of a blob for those that are in git itself.
 *
 * @param hex in lower case, 64 digits of SHA-256 or 40 of git's
 */
public record Digest(Kind kind, String hex) {
    private static final int BUFFER = 1 << 20;

    /** The two kinds of hashes that hubs list. */
    public enum Kind {
        SHA256("SHA-256", "[0-9a-f]{64}"),
        GIT("SHA-1", "[0-9a-f]{40}");

        private final String algorithm;
        private final Pattern form;

        Kind(String algorithm, String form) {
            this.algorithm = algorithm;
            this.form = Pattern.compile(form);
        }
    }

    public Digest {
        if (!kind.form.matcher(hex).matches()) {
            throw new HubException("the hub lists '" + hex + "' as " + kind.algorithm + " of a file");
        }
    }

    /** Computes the hash of this kind of a file's content. */
    public Digest of(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest hash = MessageDigest.getInstance(kind.algorithm);
            if (kind == Kind.GIT) {
                hash.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
            }
            byte[] buffer = new byte[BUFFER];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                hash.update(buffer, 0, n);
            }
            return new Digest(kind, HexFormat.of().formatHex(hash.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return kind.algorithm + " " + hex;
    }
}
