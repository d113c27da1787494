package dev.darkroom.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.job.Destination;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.JobException;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A bucket that is half described is an error at the start, not a surprise after the first picture. */
class S3TargetTest {
    private static final Map<String, String> COMPLETE = Map.of(
            "endpoint", "https://s3.eu-west-2.amazonaws.com",
            "access-key-id", "AKIA",
            "secret-access-key", "hush",
            "bucket", "pictures");

    @Test
    void threeVariablesAndABucketAreEnough() {
        S3Target target = S3Target.of(TestS3Settings.of(COMPLETE)).orElseThrow();

        assertThat(target.endpoint().region()).isEqualTo("eu-west-2");
        assertThat(target.expiry()).isEqualTo(Duration.ofDays(7));
        assertThat(target.key(new ResultName("job-1", 0), ImageFormat.PNG)).matches("job-1/[0-9a-f]{32}\\.png");
        assertThat(target).hasToString("bucket pictures at s3.eu-west-2.amazonaws.com");
    }

    @Test
    void noSettingsAreNoBucket() {
        assertThat(S3Target.of(TestS3Settings.of(Map.of()))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            endpoint          |                 | BUCKET_ENDPOINT_URL: must be set, for other settings of the bucket are
            access-key-id     |                 | BUCKET_ACCESS_KEY_ID: must be set, for BUCKET_ENDPOINT_URL is
            access-key-id     | ' '             | BUCKET_ACCESS_KEY_ID: must be set, for BUCKET_ENDPOINT_URL is
            secret-access-key |                 | BUCKET_SECRET_ACCESS_KEY: must be set, for BUCKET_ENDPOINT_URL is
            bucket            |                 | BUCKET_NAME: must be set, for BUCKET_ENDPOINT_URL has no bucket in it
            prefix            | a//b            | BUCKET_PREFIX: must be names with single slashes between them
            prefix            | a/../b          | BUCKET_PREFIX: must be names with single slashes between them
            public-url        | ftp://x         | BUCKET_PUBLIC_URL: must be an address such as https://pictures.example.com
            public-url        | pictures        | BUCKET_PUBLIC_URL: must be an address such as https://pictures.example.com
            expiry            | 8d              | DARKROOM_S3_EXPIRY: must be from a second to seven days, not PT192H
            expiry            | 0s              | DARKROOM_S3_EXPIRY: must be from a second to seven days, not PT0S
            timeout           | 0s              | DARKROOM_S3_TIMEOUT: must be above 0, not PT0S
            """)
    void whatIsMissingOrWrongIsNamed(String setting, String value, String message) {
        Map<String, String> settings = new HashMap<>(COMPLETE);
        if (value == null) {
            settings.remove(setting);
        } else {
            settings.put(setting, value);
        }

        assertThatThrownBy(() -> S3Target.of(TestS3Settings.of(settings)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", delimiter = '|', textBlock = """
            https://s3.eu-west-2.amazonaws.com | ''   | hush | pictures | ''     | s3Config.accessId: must be set, for s3Config.endpointUrl is
            https://s3.eu-west-2.amazonaws.com | AKIA | ' '  | pictures | ''     | s3Config.accessSecret: must be set, for s3Config.endpointUrl is
            https://s3.eu-west-2.amazonaws.com | AKIA | hush | ''       | ''     | s3Config.bucketName: must be set, for s3Config.endpointUrl has no bucket in it
            https://s3.eu-west-2.amazonaws.com | AKIA | hush | pictures | a/./b  | s3Config.objectPath: must be names with single slashes between them
            file:///etc/passwd                 | AKIA | hush | pictures | ''     | s3Config.endpointUrl: must be an address such as https://s3.eu-west-2.amazonaws.com
            """)
    void aJobsBucketIsRefusedByItsFields(
            URI endpoint, String id, String secret, String bucket, String prefix, String message) {
        var destination = new Destination(endpoint, id, secret, bucket, prefix);

        assertThatThrownBy(() -> S3Target.of(destination, Duration.ofDays(1), Duration.ofSeconds(1)))
                .isInstanceOf(JobException.class)
                .hasMessage(message);
    }
}
