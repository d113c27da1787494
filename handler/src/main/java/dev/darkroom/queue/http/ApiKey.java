package dev.darkroom.queue.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The API key that callers must show, if there is one. A comparison takes equally long however much of a wrong key is right. */
final class ApiKey {
    private static final String BEARER = "Bearer ";
    private static final String BASIC = "Basic ";
    private static final Pattern SENDABLE = Pattern.compile("[ -~]+");

    private final List<byte[]> digests;

    private ApiKey(List<byte[]> digests) {
        this.digests = digests;
    }

    /**
     * Reads the key, and the one that is to follow it.
     *
     * @throws IllegalArgumentException if no header could carry one of them
     */
    static ApiKey of(HttpSettings settings) {
        return new ApiKey(Stream.concat(
                        key("DARKROOM_HTTP_API_KEY", settings.apiKey()),
                        key("DARKROOM_HTTP_API_KEY_NEXT", settings.apiKeyNext()))
                .map(ApiKey::digest)
                .toList());
    }

    private static Stream<String> key(String variable, Optional<String> value) {
        Optional<String> key = value.map(String::strip).filter(text -> !text.isEmpty());
        if (key.isPresent() && !SENDABLE.matcher(key.get()).matches()) {
            throw new IllegalArgumentException(
                    variable + ": must be one line of ASCII letters, digits and signs, or no caller could send it");
        }
        return key.stream();
    }

    /** Returns true if callers must show a key. */
    boolean isRequired() {
        return !digests.isEmpty();
    }

    /** Returns true if the value of {@code Authorization} is the key, with or without {@code Bearer}, or there is no key. */
    boolean admits(@Nullable String authorization) {
        if (!isRequired()) {
            return true;
        }
        return authorization != null && isKey(after(BEARER, authorization).orElse(authorization));
    }

    /** Returns true if {@link #admits} does, or the value is {@code Basic} with the key for a password, whoever the user is. */
    boolean admitsWithUser(@Nullable String authorization) {
        if (admits(authorization)) {
            return true;
        }
        Optional<String> shown = authorization == null ? Optional.empty() : after(BASIC, authorization);
        return shown.flatMap(ApiKey::decoded)
                .filter(text -> text.indexOf(':') >= 0)
                .filter(text -> isKey(text.substring(text.indexOf(':') + 1)))
                .isPresent();
    }

    private static Optional<String> after(String scheme, String authorization) {
        return authorization.regionMatches(true, 0, scheme, 0, scheme.length())
                ? Optional.of(authorization.substring(scheme.length()))
                : Optional.empty();
    }

    private static Optional<String> decoded(String base64) {
        try {
            return Optional.of(new String(Base64.getDecoder().decode(base64.strip()), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private boolean isKey(String text) {
        byte[] shown = digest(text.strip());
        boolean right = false;
        for (byte[] digest : digests) {
            right |= MessageDigest.isEqual(digest, shown);
        }
        return right;
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
