package dev.darkroom.store;

import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * The bucket that results are stored in; without an endpoint there is none. RunPod's names of these settings work as well, and errors
 * speak of those: {@code BUCKET_ENDPOINT_URL}, {@code BUCKET_ACCESS_KEY_ID} and so on.
 */
public interface S3Settings {
    /**
     * Address of the storage, with or without the bucket in its host or path: {@code https://s3.eu-west-2.amazonaws.com}, {@code
     * https://pictures.s3.eu-west-2.amazonaws.com}, {@code http://minio:9000}.
     */
    Optional<URI> endpoint();

    /** Id of the access key. */
    Optional<String> accessKeyId();

    /** Secret of the access key. */
    Optional<String> secretAccessKey();

    /** Region that requests are signed for; unset takes the one in the endpoint. */
    Optional<String> region();

    /**
     * Name of the bucket, unless the endpoint has it. There is no default: RunPod's SDK then takes the current month and year, a bucket
     * that nobody has.
     */
    Optional<String> bucket();

    /** Beginning of the names of all stored pictures, such as {@code flux/pictures}; unset for none. */
    Optional<String> prefix();

    /** Address at which everybody can read the bucket's content; unset gives callers signed addresses that expire. */
    Optional<URI> publicUrl();

    /** Whether the bucket stands in the path rather than in the host of requests; unset takes what suits the endpoint. */
    Optional<Boolean> pathStyle();

    /** Time for which signed addresses can be read, from a second to seven days. */
    @WithDefault("7d")
    Duration expiry();

    /** Longest time for one attempt to send a picture, or a part of a large one; there are four attempts. */
    @WithDefault("60s")
    Duration timeout();
}
