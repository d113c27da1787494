package dev.darkroom.store;

import java.net.URI;
import java.time.Clock;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner.AuthLocation;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** Signs addresses of a bucket's files by any clock, on any host: the SDK's own signer of addresses takes the machine's, and no underscores. */
final class SignedAddress {
    private static final AwsV4HttpSigner SIGNER = AwsV4HttpSigner.create();

    private SignedAddress() {}

    /**
     * Returns the address at which a file can be read for as long as the target says.
     *
     * @param key the file's name, not encoded
     * @param clock the time at the bucket
     */
    static URI of(S3Target target, String key, Clock clock) {
        SdkHttpRequest request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.GET)
                .protocol(target.endpoint().address().getScheme())
                .host(target.endpoint().host())
                .port(target.endpoint().port())
                .encodedPath(target.endpoint().pathOf(S3Target.encoded(key)))
                .build();
        SdkHttpRequest signed = SIGNER.sign(signing -> signing.identity(
                                AwsCredentialsIdentity.create(target.accessKeyId(), target.secretAccessKey()))
                        .request(request)
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                        .putProperty(
                                AwsV4HttpSigner.REGION_NAME, target.endpoint().region())
                        .putProperty(AwsV4HttpSigner.AUTH_LOCATION, AuthLocation.QUERY_STRING)
                        .putProperty(AwsV4HttpSigner.EXPIRATION_DURATION, target.expiry())
                        .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                        .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false)
                        .putProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, false)
                        .putProperty(HttpSigner.SIGNING_CLOCK, clock))
                .request();
        return signed.getUri();
    }
}
