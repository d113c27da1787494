package dev.darkroom.queue.durable.disk;

/**
 * Key and digest of a submission that its caller may send again.
 *
 * @param key the caller's name for it
 * @param digest SHA-256 of its body, which tells another submission under the same key
 */
public record Submission(String key, String digest) {}
