package dev.darkroom.queue.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The API key that callers must show, if there is one. A comparison takes equally long however much of a wrong key is right. */
final class ApiKey {
    private static final String BEARER = "Bearer ";

    private final Optional<byte[]> digest;

    ApiKey(Optional<String> key) {
        this.digest = key.map(String::strip).filter(text -> !text.isEmpty()).map(ApiKey::digest);
    }

    /** Returns true if the value of {@code Authorization} is the key, with or without {@code Bearer}, or there is no key. */
    boolean admits(@Nullable String authorization) {
        if (digest.isEmpty()) {
            return true;
        }
        if (authorization == null) {
            return false;
        }
        boolean bearer = authorization.regionMatches(true, 0, BEARER, 0, BEARER.length());
        String shown = bearer ? authorization.substring(BEARER.length()) : authorization;
        return MessageDigest.isEqual(digest.get(), digest(shown.strip()));
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
