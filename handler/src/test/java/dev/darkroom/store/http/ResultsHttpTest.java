package dev.darkroom.store.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.ImageFormat;
import dev.darkroom.queue.http.ApiProfile;
import dev.darkroom.store.ResultFolder;
import dev.darkroom.store.ResultName;
import dev.darkroom.store.StoreException;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How results are read over HTTP: whole, in parts, or not again. */
@QuarkusTest
@TestProfile(ApiProfile.class)
class ResultsHttpTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final int SIZE = 100_000;

    @Inject
    ResultFolder results;

    @TestHTTPResource
    URI root = URI.create("/");

    private final byte[] picture = new byte[SIZE];
    private String path = "";
    private String tag = "";

    @BeforeEach
    void store() throws StoreException {
        RandomGenerator.of("L64X128MixRandom").nextBytes(picture);
        path = results.store(new ResultName("job", 0), picture, ImageFormat.PNG)
                .getPath()
                .replaceFirst("^.*/results/", "/results/");
        tag = '"' + path.substring("/results/".length()) + '"';
    }

    @AfterAll
    static void hangUp() {
        CLIENT.close();
    }

    @Test
    void aPictureIsReadWhole() throws Exception {
        HttpResponse<byte[]> answer = send(request());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(picture);
        assertHeader(answer, "Content-Type", "image/png");
        assertHeader(answer, "Accept-Ranges", "bytes");
        assertHeader(answer, "ETag", tag);
        assertHeader(answer, "Content-Length", String.valueOf(SIZE));
        assertHeader(answer, "Cache-Control", "private, max-age=3600, immutable");
        assertThat(answer.headers().firstValue("Content-Range")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-9, 0, 9",
        "bytes=50000-, 50000, 99999",
        "bytes=-1, 99999, 99999",
        "bytes=0-, 0, 99999",
        "bytes=99990-999999, 99990, 99999"
    })
    void aPartIsCalledOne(String range, int first, int last) throws Exception {
        HttpResponse<byte[]> answer = send(request().header("Range", range));

        assertThat(answer.statusCode()).isEqualTo(206);
        assertHeader(answer, "Content-Range", "bytes " + first + "-" + last + "/" + SIZE);
        assertHeader(answer, "Content-Length", String.valueOf(last - first + 1));
        assertHeader(answer, "Content-Type", "image/png");
        assertHeader(answer, "ETag", tag);
        assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(picture, first, last + 1));
    }

    @ParameterizedTest
    @CsvSource({"bytes=100000-", "bytes=100000-100001", "bytes=-0", "bytes=99999999999999999999-"})
    void aPartThatIsNotThereIsNot(String range) throws Exception {
        HttpResponse<byte[]> answer = send(request().header("Range", range));

        assertThat(answer.statusCode()).isEqualTo(416);
        assertHeader(answer, "Content-Range", "bytes */" + SIZE);
        assertHeader(answer, "Cache-Control", "no-store");
        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).startsWith("{\"error\":");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            bytes=0-9,20-29
            bytes=9-0
            bytes=a-b
            items=0-9
            nonsense
            """)
    void whatIsNotUnderstoodOrSeveralPartsGetsTheWhole(String range) throws Exception {
        HttpResponse<byte[]> answer = send(request().header("Range", range));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(picture);
        assertThat(answer.headers().firstValue("Content-Range")).isEmpty();
    }

    @Test
    void aPartOfAnotherPictureIsNoPartOfThis() throws Exception {
        HttpRequest.Builder part = request().header("Range", "bytes=10-");
        assertThat(send(part.copy().header("If-Range", tag)).statusCode()).isEqualTo(206);
        for (String other :
                new String[] {"\"other\"", "W/" + tag, "Wed, 21 Oct 2015 07:28:00 GMT", tag.replace("\"", "")}) {
            HttpResponse<byte[]> answer = send(part.copy().header("If-Range", other));
            assertThat(answer.statusCode()).as(other).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(picture);
        }
    }

    @Test
    void whatTheCallerHasIsNotSentAgain() throws Exception {
        for (String known : new String[] {tag, "W/" + tag, "\"a\", " + tag, "*"}) {
            HttpResponse<byte[]> answer =
                    send(request().header("If-None-Match", known).header("Range", "bytes=0-9"));
            assertThat(answer.statusCode()).as(known).isEqualTo(304);
            assertThat(answer.body()).isEmpty();
            assertHeader(answer, "ETag", tag);
        }
        assertThat(send(request().header("If-None-Match", "\"other\"")).statusCode())
                .isEqualTo(200);
    }

    /** A range is for GET alone. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            X-Nothing: x               | 200 | content-length: 100000
            Range: bytes=10-19         | 200 | content-length: 100000
            Range: bytes=100000-       | 200 | content-length: 100000
            Range: bytes=0-1,3-4       | 200 | content-length: 100000
            If-None-Match: *           | 304 | accept-ranges: bytes
            """)
    void headSaysTheSameWithoutThePicture(String header, int status, String line) throws Exception {
        String answer =
                raw("HEAD " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + header + "\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 " + status).endsWith("\r\n\r\n");
        assertThat(answer.toLowerCase(Locale.ROOT)).contains("\r\n" + line + "\r\n");
    }

    @Test
    void aDownloadThatWasCutOffGoesOn() throws Exception {
        var have = new ByteArrayOutputStream();
        have.write(picture, 0, 12_345);

        HttpResponse<byte[]> rest =
                send(request().header("Range", "bytes=" + have.size() + "-").header("If-Range", tag));
        have.writeBytes(rest.body());

        assertThat(rest.statusCode()).isEqualTo(206);
        assertThat(have.toByteArray()).isEqualTo(picture);
    }

    @ParameterizedTest
    @CsvSource({"GET", "HEAD"})
    void whatIsNotThereIsNotThereInPartsEither(String method) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        root.resolve("/results/0123456789abcdef0123456789abcdef.png"))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("Range", "bytes=0-9");

        assertThat(send(request).statusCode()).isEqualTo(404);
    }

    private HttpRequest.Builder request() {
        return HttpRequest.newBuilder(root.resolve(path));
    }

    private static HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private String raw(String request) throws Exception {
        try (Socket caller = new Socket(root.getHost(), root.getPort())) {
            caller.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(caller.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static void assertHeader(HttpResponse<?> answer, String name, String value) {
        assertThat(answer.headers().allValues(name)).as(name).containsExactly(value);
    }
}
