package dev.darkroom.queue.durable.disk;

import dev.darkroom.snapshot.Randomness;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts what jobs bring along (AES-256 in GCM), so that neither a webhook's token nor the secret of a bucket lies on the disk in clear,
 * nor in the copy of a folder without its key. The key is one of the settings, or made here and kept in a file that only the worker's user
 * can read. Safe for several threads.
 */
final class DataKeys {
    static final String FILE = "key";

    /** Begins what is encrypted; no JSON does, so that what earlier versions wrote is told apart. */
    private static final byte[] MAGIC = {1, 'D', 'K', 1};

    private static final String TEXT = "dk1:";
    private static final String TRANSFORMATION = "AES/GCM/NoPadding";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int KEY_BYTES = 32;

    /** The first one encrypts; what another one has encrypted is read, and encrypted anew. */
    private final List<SecretKeySpec> keys;

    private DataKeys(List<SecretKeySpec> keys) {
        this.keys = List.copyOf(keys);
    }

    /**
     * Reads the keys of a folder; makes one if there is none.
     *
     * @param said the key of the settings; empty takes the one in the folder
     */
    static DataKeys of(JobFiles files, Optional<String> said) {
        List<SecretKeySpec> keys = new ArrayList<>();
        said.map(String::strip).filter(text -> !text.isEmpty()).ifPresent(text -> keys.add(key(text)));
        String kept = files.has(FILE) ? new String(files.read(FILE), StandardCharsets.UTF_8).strip() : "";
        if (kept.isEmpty() && keys.isEmpty()) {
            byte[] random = new byte[KEY_BYTES];
            Randomness.fill(random);
            kept = HexFormat.of().formatHex(random);
            files.write(FILE, kept.getBytes(StandardCharsets.UTF_8), true);
        }
        if (!kept.isEmpty()) {
            keys.add(key(kept));
        }
        return new DataKeys(keys);
    }

    private static SecretKeySpec key(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return new SecretKeySpec(digest, "AES");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    byte[] sealed(byte[] plain) {
        try {
            byte[] nonce = new byte[NONCE_BYTES];
            Randomness.fill(nonce);
            Cipher cipher = Cipher.getInstance(TRANSFORMATION);
            cipher.init(Cipher.ENCRYPT_MODE, keys.getFirst(), new GCMParameterSpec(TAG_BITS, nonce));
            byte[] sealed = new byte[MAGIC.length + NONCE_BYTES + cipher.getOutputSize(plain.length)];
            System.arraycopy(MAGIC, 0, sealed, 0, MAGIC.length);
            System.arraycopy(nonce, 0, sealed, MAGIC.length, NONCE_BYTES);
            cipher.doFinal(plain, 0, plain.length, sealed, MAGIC.length + NONCE_BYTES);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES", e);
        }
    }

    /**
     * Decrypts; returns what earlier versions wrote in clear as it is.
     *
     * @throws IOException if it was encrypted by another key, or is damaged
     */
    byte[] opened(byte[] sealed) throws IOException {
        if (!isSealed(sealed)) {
            return sealed;
        }
        for (SecretKeySpec key : keys) {
            Optional<byte[]> plain = opened(sealed, key);
            if (plain.isPresent()) {
                return plain.get();
            }
        }
        throw new IOException("it was encrypted by another key than the present one (DARKROOM_DATA_KEY, or the file "
                + FILE + " beside it), or is damaged");
    }

    /** Returns true if something is encrypted by the first key: nothing is left to do for it. */
    boolean isCurrent(byte[] sealed) {
        return isSealed(sealed) && opened(sealed, keys.getFirst()).isPresent();
    }

    private static Optional<byte[]> opened(byte[] sealed, SecretKeySpec key) {
        try {
            int begin = MAGIC.length + NONCE_BYTES;
            Cipher cipher = Cipher.getInstance(TRANSFORMATION);
            cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, sealed, MAGIC.length, NONCE_BYTES));
            return Optional.of(cipher.doFinal(sealed, begin, sealed.length - begin));
        } catch (AEADBadTagException e) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES", e);
        }
    }

    private static boolean isSealed(byte[] bytes) {
        return bytes.length >= MAGIC.length + NONCE_BYTES + TAG_BITS / Byte.SIZE
                && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    String sealed(String plain) {
        return sealedText(plain.getBytes(StandardCharsets.UTF_8));
    }

    /** Encrypts into a text. */
    String sealedText(byte[] plain) {
        return TEXT + Base64.getEncoder().encodeToString(sealed(plain));
    }

    /** Decrypts what {@link #sealedText} made; returns any other text as it is. */
    byte[] openedText(String sealed) throws IOException {
        return sealed.startsWith(TEXT) ? opened(bytes(sealed)) : sealed.getBytes(StandardCharsets.UTF_8);
    }

    /** Decrypts a text, as {@link #opened(byte[])} does. */
    String opened(String sealed) throws IOException {
        return sealed.startsWith(TEXT) ? new String(opened(bytes(sealed)), StandardCharsets.UTF_8) : sealed;
    }

    /** Returns true for a text that one of the keys opens, or that is in clear. */
    boolean opens(String sealed) {
        try {
            return !opened(sealed).isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    boolean isCurrent(String sealed) {
        return sealed.startsWith(TEXT) && isCurrent(bytes(sealed));
    }

    private static byte[] bytes(String sealed) {
        try {
            return Base64.getDecoder().decode(sealed.substring(TEXT.length()));
        } catch (IllegalArgumentException e) {
            return new byte[0]; // damaged: no JSON, as whoever reads it finds
        }
    }
}
