package dev.darkroom.client;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A bucket of one's own for the pictures of a job, in S3's protocol.
 *
 * @param endpoint such as {@code https://s3.eu-west-1.amazonaws.com}
 * @param name of the bucket
 * @param accessId of the key that may write there
 * @param accessSecret of that key; it is sent to the worker, and never shown by {@link #toString}
 * @param objectPath what the names of the pictures begin with; null for nothing
 */
public record Bucket(
        URI endpoint,
        String name,
        String accessId,
        String accessSecret,
        @Nullable String objectPath) {
    /** Shows all but the secret. */
    @Override
    public String toString() {
        return "Bucket[endpoint=" + endpoint + ", name=" + name + ", accessId=" + accessId + ", objectPath="
                + objectPath + "]";
    }
}
