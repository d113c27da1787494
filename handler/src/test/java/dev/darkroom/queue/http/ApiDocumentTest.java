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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
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
        Set<String> ids = new HashSet<>();
        document.path("paths").properties().forEach(path -> {
            List<String> methods = new ArrayList<>();
            path.getValue().properties().forEach(operation -> {
                methods.add(operation.getKey().toUpperCase(Locale.ROOT));
                assertThat(operation.getValue().path("summary").asText())
                        .as(path.getKey())
                        .isNotEmpty();
                assertThat(ids.add(operation.getValue().path("operationId").asText()))
                        .as("an operationId of its own: " + path.getKey())
                        .isTrue();
            });
            String known = Calls.at(path.getKey().replaceAll("\\{\\w+}", "x"))
                    .orElseThrow()
                    .allow();
            assertThat(String.join(", ", methods))
                    .as(path.getKey())
                    .isEqualTo(known.replace(", HEAD", "").replace(", OPTIONS", ""));
        });
        assertThat(names(document.path("paths")))
                .containsExactlyInAnyOrder(
                        "/run",
                        "/runsync",
                        "/status/{id}",
                        "/status-sync/{id}",
                        "/stream/{id}",
                        "/events/{id}",
                        "/cancel/{id}",
                        "/retry/{id}",
                        "/purge-queue",
                        "/health",
                        "/models",
                        "/v1/images/generations",
                        "/v1/images/edits",
                        "/v1/models",
                        "/v1/models/{id}",
                        "/status",
                        "/verify",
                        "/results/{name}",
                        "/ping",
                        "/schema.json");
        assertThat(ids).doesNotContain("").allMatch(id -> id.matches("[a-z][a-zA-Z]+"));
        assertThat(document.at("/paths/~1run/post/requestBody/content/application~1json/schema/$ref")
                        .asText())
                .isEqualTo("#/components/schemas/Request");
        assertThat(document.at("/components/schemas/Input/properties/width/maximum")
                        .asInt())
                .isEqualTo(4096);
        assertThat(document.toString()).doesNotContain("RoutingContext", "JsonNode");
    }

    /** What generators of clients make no class of: a choice of forms, a form without a name, a name that nothing has. */
    @Test
    void everyShapeIsPlain() throws Exception {
        JsonNode document = get("/openapi.json");
        JsonNode schemas = document.at("/components/schemas");

        assertThat(document.toString())
                .doesNotContain(
                        "\"oneOf\"", "\"anyOf\"", "\"allOf\"", "\"patternProperties\"", "\"prefixItems\"", "\"null\"");
        document.findValuesAsText("$ref")
                .forEach(ref -> assertThat(ref)
                        .startsWith("#/components/schemas/")
                        .matches(known -> schemas.has(known.substring(known.lastIndexOf('/') + 1)), "is there"));
        document.findValues("type").forEach(type -> assertThat(type.isArray()).isFalse());
        schemas.forEach(schema -> schema.path("properties").forEach(property -> {
            assertThat(property.has("properties")).as("%s", property).isFalse();
            assertThat(property.path("items").has("properties"))
                    .as("%s", property)
                    .isFalse();
        }));
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
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
