package dev.darkroom.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.job.Destination;
import dev.darkroom.job.Eventually;
import dev.darkroom.job.ImageFormat;
import dev.darkroom.job.JobException;
import dev.darkroom.net.AllowedHosts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jobs may bring their own buckets, and cannot use them to reach what only this machine reaches. */
class CallerBucketsTest {
    @RegisterExtension
    static final S3Server SERVER = new S3Server();

    private static final ResultName NAME = new ResultName("job-1", 0);

    @Test
    void aJobsPictureGoesToItsOwnBucketWithItsOwnKey() throws IOException {
        try (var buckets = buckets(AllowedHosts.ALL, true)) {
            var destination = destination(SERVER.address(), S3Server.SECRET, "theirs");
            buckets.check(destination);

            URI address = buckets.of(destination).store(NAME, new byte[100], ImageFormat.PNG);

            assertThat(address.getPath()).matches("/pictures/theirs/job-1/[0-9a-f]{32}\\.png");
            assertThat(SERVER.keys()).contains(address.getPath().replaceFirst("^/pictures/", ""));
        }
    }

    @Test
    void aJobsWrongKeyFailsClearly() {
        try (var buckets = buckets(AllowedHosts.ALL, true)) {
            ResultStore store = buckets.of(destination(SERVER.address(), "hush-hush", ""));

            assertThatThrownBy(() -> store.store(NAME, new byte[100], ImageFormat.PNG))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("SignatureDoesNotMatch")
                    .hasMessageNotContaining("hush-hush");
        }
    }

    @Test
    void withoutTlsABucketIsRefused() {
        try (var buckets = buckets(AllowedHosts.ALL, false)) {
            assertThatThrownBy(() -> buckets.check(destination(SERVER.address(), S3Server.SECRET, "")))
                    .isInstanceOf(JobException.class)
                    .hasMessage("s3Config.endpointUrl: must begin with https");
            assertThatThrownBy(() -> buckets.of(destination(SERVER.address(), S3Server.SECRET, "")))
                    .isInstanceOf(JobException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://127.0.0.1:9000",
                "https://localhost",
                "https://10.0.0.7",
                "https://169.254.169.254",
                "https://[::1]:9000",
                "https://2130706433"
            })
    void anAddressThatIsNotPublicIsRefused(String endpoint) {
        try (var buckets = buckets(AllowedHosts.PUBLIC, false)) {
            assertThatThrownBy(() -> buckets.check(destination(URI.create(endpoint), S3Server.SECRET, "")))
                    .isInstanceOf(JobException.class)
                    .extracting(e -> ((JobException) e).code())
                    .isEqualTo(JobException.Code.BAD_INPUT);
        }
    }

    @Test
    void theAddressIsLookedAtAgainBeforeEveryConnection() {
        try (var front = new StorageFront(SERVER.address());
                var buckets = buckets(AllowedHosts.PUBLIC, true)) {
            ResultStore store = buckets.of(destination(front.address(), S3Server.SECRET, ""));

            assertThatThrownBy(() -> store.store(NAME, new byte[100], ImageFormat.PNG))
                    .isInstanceOf(StoreException.class)
                    .hasMessageEndingWith("is not a public address");
            assertThat(front.connections()).isZero();
        }
    }

    @Test
    void aHostThatCannotBeLookedUpAtThisMomentIsAskedForAgain() {
        var lookUps = new AtomicInteger();
        var shaky = new AllowedHosts(
                host -> {
                    if (lookUps.getAndIncrement() < 1) {
                        throw new UnknownHostException(host + ": Temporary failure in name resolution");
                    }
                    return new InetAddress[] {InetAddress.getLoopbackAddress()};
                },
                address -> true);
        try (var buckets = buckets(shaky, false)) {
            assertThatCode(() -> buckets.check(destination(URI.create("https://far.test"), S3Server.SECRET, "")))
                    .doesNotThrowAnyException();
            assertThat(lookUps).hasValue(2);
        }
        var broken = new AllowedHosts(
                host -> {
                    throw new UnknownHostException(host + ": Temporary failure in name resolution");
                },
                address -> true);
        try (var buckets = buckets(broken, false)) {
            assertThatThrownBy(() -> buckets.check(destination(URI.create("https://far.test"), S3Server.SECRET, "")))
                    .isInstanceOf(JobException.class)
                    .hasMessage("s3Config.endpointUrl: is not known at this moment (tried 3 times): far.test")
                    .matches(e -> ((JobException) e).code().isRetryable());
        }
    }

    @Test
    void aHostThatIsNotThereIsRefused() {
        var nowhere = new AllowedHosts(
                host -> {
                    throw new UnknownHostException(host + ": Name or service not known");
                },
                address -> true);
        try (var buckets = buckets(nowhere, false)) {
            assertThatThrownBy(() ->
                            buckets.check(destination(URI.create("https://storage.invalid"), S3Server.SECRET, "")))
                    .isInstanceOf(JobException.class)
                    .hasMessage("s3Config.endpointUrl: is not known: storage.invalid");
        }
    }

    @Test
    void nothingIsOpenedForNobody() {
        assertThatCode(() -> buckets(AllowedHosts.PUBLIC, false).close()).doesNotThrowAnyException();
    }

    private static CallerBuckets buckets(AllowedHosts hosts, boolean plainHttp) {
        return new CallerBuckets(hosts, plainHttp, Duration.ofHours(1), Eventually.NEVER);
    }

    private static Destination destination(URI endpoint, String secret, String prefix) {
        return new Destination(endpoint, S3Server.KEY_ID, secret, S3Server.BUCKET, prefix);
    }
}
