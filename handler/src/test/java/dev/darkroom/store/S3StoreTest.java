package dev.darkroom.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.job.Eventually;
import dev.darkroom.job.ImageFormat;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;

/** Files go into a bucket whole and come back at the address that was given, and only there. */
class S3StoreTest {
    @RegisterExtension
    static final S3Server SERVER = new S3Server();

    private static final S3Connections CONNECTIONS = S3Connections.trusted();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final byte[] FILE = bytes(100_000);
    private static final ResultName NAME = new ResultName("sync-1234-e1", 0);

    @AfterAll
    static void close() {
        CONNECTIONS.close();
        HTTP.close();
    }

    @ParameterizedTest
    @CsvSource({"PNG, png, image/png", "JPEG, jpg, image/jpeg", "WEBP, webp, image/webp"})
    void aFileIsReadAtItsSignedAddressByPlainHttp(ImageFormat format, String extension, String type)
            throws IOException, InterruptedException {
        URI address = store(SERVER.target()).store(NAME, FILE, format);

        HttpResponse<byte[]> answer = get(address);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(FILE);
        assertThat(answer.headers().firstValue("Content-Type")).contains(type);
        assertThat(answer.headers().firstValue("Cache-Control")).contains("private, max-age=31536000, immutable");
        assertThat(answer.headers().firstValue("Content-Disposition")).contains("inline");
        assertThat(address.getPath()).matches("/pictures/sync-1234-e1/[0-9a-f]{32}\\." + extension);
        assertThat(address.getQuery()).contains("X-Amz-Expires=3600").doesNotContain("checksum");
    }

    @Test
    void aRangeCanBeRead() throws IOException, InterruptedException {
        URI address = store(SERVER.target()).store(NAME, FILE, ImageFormat.PNG);

        HttpResponse<byte[]> answer = HTTP.send(
                HttpRequest.newBuilder(address).header("Range", "bytes=10-19").build(), BodyHandlers.ofByteArray());

        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(answer.body()).isEqualTo(java.util.Arrays.copyOfRange(FILE, 10, 20));
    }

    @Test
    void aLargeFileIsSentInParts() throws IOException, InterruptedException {
        byte[] large = bytes(21 << 20);

        URI address = store(SERVER.target()).store(NAME, large, ImageFormat.PNG);

        assertThat(get(address).body()).isEqualTo(large);
        String key = address.getPath().replaceFirst("^/pictures/", "");
        HeadObjectResponse properties = SERVER.properties(key);
        assertThat(properties.eTag()).as("tag of a file in parts").matches("\"[0-9a-f]{32}-3\"");
        assertThat(properties.contentType()).isEqualTo("image/png");
    }

    @Test
    void nobodyReadsWithoutTheSignature() throws IOException, InterruptedException {
        URI address = store(SERVER.target()).store(NAME, FILE, ImageFormat.PNG);

        assertThat(get(URI.create(address.toString().replaceFirst("\\?.*", ""))).statusCode())
                .isEqualTo(403);
        assertThat(get(URI.create(address.toString().replaceFirst("(X-Amz-Signature=)\\w{4}", "$10000")))
                        .statusCode())
                .isEqualTo(403);
        assertThat(get(URI.create(address.toString().replace("/sync-1234-e1/", "/other/")))
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void aSignedAddressExpires() throws IOException, InterruptedException {
        var target = S3Server.target(
                SERVER.address(), S3Server.BUCKET, S3Server.SECRET, "", Optional.empty(), Duration.ofSeconds(1));
        URI address = store(target).store(NAME, FILE, ImageFormat.PNG);

        Eventually.await("the address is refused", () -> get(address).statusCode() != 200);

        assertThat(get(address).statusCode()).isEqualTo(403);
    }

    @Test
    void theNameBeginsWithThePrefix() throws IOException, InterruptedException {
        var target = S3Server.target(SERVER.address(), S3Server.SECRET, "flux/two words", Optional.empty());

        URI address = store(target).store(NAME, FILE, ImageFormat.PNG);

        assertThat(address.getPath()).startsWith("/pictures/flux/two words/sync-1234-e1/");
        assertThat(get(address).body()).isEqualTo(FILE);
    }

    @Test
    void aPublicBucketIsReadAtItsPublicAddress() throws IOException {
        var target = S3Server.target(
                SERVER.address(), S3Server.SECRET, "a b", Optional.of(URI.create("https://pictures.example.com/all/")));

        URI address = store(target).store(NAME, FILE, ImageFormat.WEBP);

        assertThat(address.toString())
                .matches("https://pictures\\.example\\.com/all/a%20b/sync-1234-e1/[0-9a-f]{32}\\.webp");
        assertThat(SERVER.keys()).contains(address.getPath().replaceFirst("^/all/", ""));
    }

    @ParameterizedTest
    @CsvSource({"../../etc/passwd", "a/b", "'two words'", "'.hidden'", "'a?b#c'"})
    void aJobsIdCannotLeadElsewhere(String job) throws IOException, InterruptedException {
        URI address = store(SERVER.target()).store(new ResultName(job, 0), FILE, ImageFormat.PNG);

        assertThat(address.getPath()).matches("/pictures/job-[0-9a-f]{64}/[0-9a-f]{32}\\.png");
        assertThat(get(address).body()).isEqualTo(FILE);
    }

    @Test
    void aWrongSecretFailsClearly() {
        var target = S3Server.target(SERVER.address(), "not-the-secret", "", Optional.empty());

        assertThatThrownBy(() -> store(target).store(NAME, FILE, ImageFormat.PNG))
                .isInstanceOf(StoreException.class)
                .hasMessageMatching("bucket pictures at 127\\.0\\.0\\.1:\\d+ answered SignatureDoesNotMatch \\(403\\):"
                        + " the secret is wrong, or a proxy changes requests");
    }

    @Test
    void aMissingBucketFailsClearly() {
        var target = S3Server.target(
                SERVER.address(), "nowhere", S3Server.SECRET, "", Optional.empty(), Duration.ofHours(1));

        assertThatThrownBy(() -> store(target).store(NAME, FILE, ImageFormat.PNG))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("bucket nowhere at")
                .hasMessageContaining("NoSuchBucket (404): there is no such bucket");
    }

    @Test
    void theCheckStoresReadsAndDeletes() throws IOException {
        var target = S3Server.target(SERVER.address(), S3Server.SECRET, "checked", Optional.empty());

        assertThat(store(target).check()).matches("bucket pictures at 127\\.0\\.0\\.1:\\d+ takes files");
        assertThat(SERVER.keys()).noneMatch(key -> key.startsWith("checked"));
    }

    @Test
    void theCheckSaysWhatIsWrong() {
        var target = S3Server.target(SERVER.address(), "not-the-secret", "", Optional.empty());

        assertThatThrownBy(() -> store(target).check())
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("SignatureDoesNotMatch");
    }

    private static S3Store store(S3Target target) {
        return new S3Store(target, CONNECTIONS);
    }

    private static HttpResponse<byte[]> get(URI address) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofByteArray());
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return bytes;
    }
}
