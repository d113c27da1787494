package dev.darkroom.job;

import java.net.URI;

/**
 * A caller's own S3 bucket for the results of one job: RunPod's {@code s3Config}.
 *
 * @param prefix prefix of the names of the pictures; empty for none
 */
public record Destination(URI endpoint, String accessId, String accessSecret, String bucket, String prefix) {
    /** Describes the destination without its credentials, so that no log shows them. */
    @Override
    public String toString() {
        return bucket + " at " + endpoint;
    }
}
