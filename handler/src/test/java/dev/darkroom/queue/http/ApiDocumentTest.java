package dev.darkroom.queue.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.queue.JobJson;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the worker says of its API: the same as what is checked in. */
@QuarkusTest
@TestProfile(ApiProfile.class)
class ApiDocumentTest {
    private static final Path HOME = Path.of(System.getProperty("darkroom.home"));

    @TestHTTPResource
    URI root = URI.create("/");

    @ParameterizedTest
    @CsvSource({"/openapi.json, docs/openapi.json", "/schema.json, docs/input.schema.json"})
    void theDocumentThatIsCheckedInIsCurrent(String path, String file) throws Exception {
        String served = get(path).toPrettyString() + "\n";
        Path current = Path.of("target").resolve(file);
        Files.createDirectories(current.getParent());
        Files.writeString(current, served);

        assertThat(HOME.resolve(file))
                .as("%s is not current: cp handler/target/%s %s", file, file, file)
                .exists()
                .hasContent(served);
    }

    @Test
    void everyAddressIsDescribed() throws Exception {
        JsonNode document = get("/openapi.json");

        assertThat(document.path("openapi").asText()).startsWith("3.1");
        for (String path : new String[] {
            "/run",
            "/runsync",
            "/status/{id}",
            "/status-sync/{id}",
            "/stream/{id}",
            "/events/{id}",
            "/cancel/{id}",
            "/retry/{id}",
            "/purge-queue",
            "/health"
        }) {
            JsonNode operations = document.path("paths").path(path);
            assertThat(operations.isObject()).as(path).isTrue();
            operations.forEach(operation ->
                    assertThat(operation.path("summary").asText()).as(path).isNotEmpty());
        }
        assertThat(document.at("/paths/~1run/post/requestBody/content/application~1json/schema/$ref")
                        .asText())
                .isEqualTo("#/components/schemas/Request");
        assertThat(document.at("/components/schemas/Request/properties/input/properties/width/maximum")
                        .asInt())
                .isEqualTo(4096);
        assertThat(document.toString()).doesNotContain("RoutingContext", "JsonNode");
    }

    private JsonNode get(String path) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(root.resolve(path))
                            .header("Authorization", ApiProfile.KEY)
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            return JobJson.MAPPER.readTree(response.body());
        }
    }
}
