package dev.darkroom.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an audit finds, with a database that answers as OSV does. */
class AuditTest {
    private static final String SOUND = "pkg:maven/org.example/sound@1";
    private static final String OLD = "pkg:maven/org.example/old@2";

    private HttpServer server;
    private volatile String answer = "";
    private volatile String asked = "";

    @TempDir
    Path folder;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/querybatch", exchange -> {
            asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            byte[] body = answer.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void findsKnownVulnerabilities() throws Exception {
        answer = "{\"results\": [{}, {\"vulns\": [{\"id\": \"GHSA-2\"}, {\"id\": \"CVE-1\"}]}]}";

        assertThat(new Osv(database()).vulnerabilities(List.of(SOUND, OLD)))
                .isEqualTo(Map.of(OLD, new TreeSet<>(List.of("CVE-1", "GHSA-2"))));
        assertThat(asked)
                .isEqualTo("{\"queries\":[{\"package\":{\"purl\":\"" + SOUND + "\"}},{\"package\":{\"purl\":\"" + OLD
                        + "\"}}]}");
    }

    @Test
    void takesAnAnswerThatLeavesLibrariesOutForNone() {
        answer = "{\"results\": [{}]}";

        assertThatIOException()
                .isThrownBy(() -> new Osv(database()).vulnerabilities(List.of(SOUND, OLD)))
                .withMessageContaining("without a result for each library");
    }

    @Test
    void passesOnlyWhereNothingIsToBeMended() throws Exception {
        answer = "{\"results\": [{}]}";
        assertThat(Audit.audit(bom("Apache-2.0"), database())).isTrue();
        assertThat(Audit.audit(bom("AGPL-3.0"), database())).isFalse();

        answer = "{\"results\": [{\"vulns\": [{\"id\": \"CVE-1\"}]}]}";
        assertThat(Audit.audit(bom("Apache-2.0"), database())).isFalse();
    }

    @Test
    void looksAtLicencesWithoutTheDatabase() throws Exception {
        URI closed = database();
        server.stop(0);

        assertThat(Audit.audit(bom("MIT"), closed)).isTrue();
        assertThat(Audit.audit(bom("unknown"), closed)).isFalse();
    }

    private Path bom(String licence) throws IOException {
        return Files.writeString(
                folder.resolve("bom.json"),
                "{\"components\": [{\"purl\": \"" + SOUND + "?type=jar\", \"licenses\": [{\"license\": {\"id\": \""
                        + licence + "\"}}]}]}");
    }

    private URI database() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }
}
