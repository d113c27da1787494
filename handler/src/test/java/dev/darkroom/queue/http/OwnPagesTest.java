package dev.darkroom.queue.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The worker's own pages: whoever reaches the worker may see them, they run nothing of strangers, and they tell nothing without the key. */
@QuarkusTest
@TestProfile(ApiProfile.class)
class OwnPagesTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Path FOLDER = Path.of(System.getProperty("darkroom.home"), "handler/src/main/resources/page");
    private static final String BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    @TestHTTPResource
    URI root = URI.create("/");

    @AfterAll
    static void hangUp() {
        CLIENT.close();
    }

    static List<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(FOLDER)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> FOLDER.relativize(file).toString())
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyFileIsServedWithoutAKeyAndWithItsGuards(String file) throws Exception {
        HttpResponse<byte[]> answer = send(request("/page/" + file).header("Sec-Fetch-Site", "cross-site"));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo(Files.readAllBytes(FOLDER.resolve(file)));
        assertThat(header(answer, "Content-Type"))
                .matches("text/(html|css|javascript); charset=utf-8|image/.*|application/.*json");
        assertThat(header(answer, "Content-Security-Policy"))
                .startsWith("default-src 'none'; script-src 'self'; style-src 'self';")
                .contains("frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(header(answer, "Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(header(answer, "Cache-Control")).isEqualTo("no-cache");

        HttpResponse<byte[]> again =
                send(request("/page/" + file).header("If-None-Match", "\"x\", W/" + header(answer, "ETag")));
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
    }

    /** The policy would not let it run. */
    @ParameterizedTest
    @MethodSource("files")
    void noFileHasScriptsOrStylesInIt(String file) throws Exception {
        if (file.endsWith(".html")) {
            assertThat(Files.readString(FOLDER.resolve(file)))
                    .doesNotContain("<style", " style=", "javascript:", "http://", "https://")
                    .doesNotContainPattern("<script(?![^>]* src=)")
                    .doesNotContainPattern("\\son[a-z]+=");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/page/none.html",
                "/page/status",
                "/page/status/",
                "/page/../application.properties",
                "/page/%2e%2e/application.properties",
                "/page/..%2fapplication.properties",
                "/page/status/../../application.properties",
                "/page/index.class",
                "/page//META-INF/openapi.yaml",
                "/page/STATUS/index.html"
            })
    void nothingElseIsAFileOfAPage(String path) throws Exception {
        RawCaller.Answer answer = RawCaller.call(root, RawCaller.head("GET", path, "Authorization: " + ApiProfile.KEY));

        assertThat(answer.status()).as(answer.head()).isEqualTo(404);
        assertThat(answer.body()).startsWith("{\"error\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/status", "/%73tatus", "/v2/local/status", "/status?x=1"})
    void aBrowserGetsTheStatusPageAndAProgramNeedsTheKey(String path) throws Exception {
        HttpResponse<byte[]> page = send(request(path).header("Accept", BROWSER));
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(header(page, "Content-Type")).startsWith("text/html");
        assertThat(header(page, "Vary")).contains("Accept");
        assertThat(page.body()).isEqualTo(Files.readAllBytes(FOLDER.resolve("status/index.html")));

        for (String accept : List.of("application/json", "*/*")) {
            assertThat(send(request(path).header("Accept", accept)).statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void theStatusPageHasOneAddressThatItsFilesLieBeside() throws Exception {
        HttpResponse<byte[]> answer = send(request("/v2/local/status/").header("Accept", BROWSER));

        assertThat(answer.statusCode()).isEqualTo(302);
        assertThat(header(answer, "Location")).isEqualTo("../status");
    }

    @Test
    void aPageIsOnlyRead() throws Exception {
        HttpResponse<byte[]> answer = send(request("/page/status/index.html")
                .header("Authorization", ApiProfile.KEY)
                .POST(HttpRequest.BodyPublishers.ofString("{}")));

        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(header(answer, "Allow")).isEqualTo("GET, HEAD, OPTIONS");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(root.resolve(path));
    }

    private static String header(HttpResponse<?> answer, String name) {
        return String.join(", ", answer.headers().allValues(name));
    }

    private static HttpResponse<byte[]> send(HttpRequest.Builder request) throws Exception {
        return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }
}
