package dev.darkroom.page;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A file of a page.
 *
 * @param tag its validator: another content has another one
 */
@SuppressWarnings("ArrayRecordComponent") // files are served, and not compared
record PageFile(byte[] content, String mediaType, String tag) {
    private static final int TAG_BYTES = 12;

    static PageFile of(byte[] content, String mediaType) {
        return new PageFile(content, mediaType, '"' + digest(content) + '"');
    }

    private static String digest(byte[] content) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
            return HexFormat.of().formatHex(digest, 0, TAG_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
