package dev.darkroom.process;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import dev.darkroom.job.Eventually;
import io.quarkus.test.junit.QuarkusIntegrationTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The worker as it was packaged, jars or an executable, started by Quarkus. */
@QuarkusIntegrationTest
@TestProfile(ServedIT.Packaged.class)
class ServedIT {
    /** Its data and its port apart from those of other workers, and of those before it. */
    public static final class Packaged implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            String port;
            Path data;
            try {
                port = String.valueOf(FreePort.find());
                data = Files.createTempDirectory(
                        Path.of(System.getProperty("darkroom.home"), "handler/target"), "served");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return Map.of(
                    "darkroom.home",
                    System.getProperty("darkroom.home"),
                    "darkroom.data",
                    data.toString(),
                    "darkroom.device",
                    "cpu",
                    "darkroom.port",
                    port,
                    "quarkus.http.test-port",
                    port,
                    "quarkus.test.arg-line",
                    "--enable-native-access=ALL-UNNAMED -Dai.djl.offline=true");
        }
    }

    /** Its port is open before its models are there. */
    @BeforeEach
    void awaitReady() throws InterruptedException {
        Eventually.await("it is ready", () -> given().get("/ping").statusCode() == 200);
    }

    @Test
    void itDrawsAPictureAndServesIt() {
        String url = given().body("{\"input\": {\"prompt\": \"a red circle\", \"seed\": 5}}")
                .post("/runsync")
                .then()
                .statusCode(200)
                .body("status", equalTo("COMPLETED"))
                .body("output.images[0].url", startsWith("http"))
                .extract()
                .path("output.images[0].url");
        given().get(url.replaceFirst("^http://[^/]+", ""))
                .then()
                .statusCode(200)
                .header("Content-Type", containsString("image/png"));
    }

    @Test
    void itRefusesBadInputByName() {
        given().body("{\"input\": {\"prompt\": 7}}")
                .post("/runsync")
                .then()
                .body("status", equalTo("FAILED"))
                .body("error", containsString("prompt"));
    }

    @Test
    void itsDocumentAndSchemaAreThere() {
        given().get("/openapi.json").then().statusCode(200).body("openapi", startsWith("3."));
    }
}
