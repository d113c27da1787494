package dev.darkroom;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Holds README and docs/ to the running worker: their calls work, and every field of the input is documented. */
@QuarkusTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReadmeTest {
    private static final Pattern CALL = Pattern.compile("curl -d '([^']+)' localhost:8000(/\\S+)");

    private static final Pattern FORM = Pattern.compile("curl ((?:-F \\w+=(?:'[^']*'|\\S+) )+)localhost:8000(/\\S+)");
    private static final Pattern FIELD = Pattern.compile("-F (\\w+)=('[^']*'|\\S+)");

    @Inject
    RunningWorker worker;

    @BeforeAll
    void start() throws InterruptedException {
        worker.start();
    }

    @Test
    void theirCallsWork() {
        List<MatchResult> calls = Document.manual().stream()
                .flatMap(document -> CALL.matcher(document.text()).results())
                .toList();

        assertThat(calls).hasSizeGreaterThanOrEqualTo(9);
        for (MatchResult call : calls) {
            JsonPath answer = given().body(call.group(1))
                    .post(call.group(2))
                    .then()
                    .statusCode(200)
                    .extract()
                    .jsonPath();
            assertAnswers(call.group(1), call.group(2), answer);
        }
    }

    private static void assertAnswers(String call, String path, JsonPath answer) {
        if (path.equals("/verify")) {
            assertThat(answer.getString("verdict")).as(call).isNotBlank();
        } else {
            assertThat(answer.getString("status"))
                    .as("%s: %s", call, answer.prettify())
                    .isEqualTo(path.endsWith("runsync") ? "COMPLETED" : "IN_QUEUE");
        }
    }

    /** What stands for a picture of the caller's own. */
    @Test
    void theirFormsWork() {
        Path picture = Path.of(System.getProperty("darkroom.home"), "test-payloads/images/house.png");
        List<MatchResult> forms = Document.manual().stream()
                .flatMap(document -> FORM.matcher(document.text()).results())
                .toList();

        assertThat(forms).hasSizeGreaterThanOrEqualTo(3);
        for (MatchResult form : forms) {
            RequestSpecification request = given();
            FIELD.matcher(form.group(1)).results().forEach(field -> {
                if (field.group(2).startsWith("@")) {
                    request.multiPart(field.group(1), picture.toFile());
                } else {
                    request.multiPart(field.group(1), field.group(2).replace("'", ""));
                }
            });
            JsonPath answer =
                    request.post(form.group(2)).then().statusCode(200).extract().jsonPath();
            assertAnswers(form.group(1), form.group(2), answer);
        }
    }

    /** With the seed that they name, or else with any. */
    @Test
    void theirPicturesShowWhatTheySay() {
        long looked = Document.manual().stream()
                .flatMap(document -> CALL.matcher(document.text()).results())
                .filter(call -> call.group(2).endsWith("runsync"))
                .flatMap(call -> IntStream.rangeClosed(1, 3)
                        .mapToObj(seed -> call.group(1).contains("\"seed\"")
                                ? call.group(1)
                                : call.group(1).replaceFirst("\\}\\s*\\}$", ", \"seed\": " + seed + "}}")))
                .mapToLong(payload -> Shown.assertIn(payload, answer(payload)))
                .sum();

        assertThat(looked).isGreaterThan(20);
    }

    private static JsonPath answer(String payload) {
        return given().body(payload)
                .post("/runsync")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
    }

    @Test
    void thePageOfTheApiHasEveryField() {
        String page = Document.of("docs/api.md").text();

        assertThat(given().get("/schema.json").jsonPath().getMap("properties").keySet())
                .hasSizeGreaterThan(25)
                .filteredOn(field -> !String.valueOf(field).matches(".*_[23]"))
                .allSatisfy(field -> assertThat(page).contains("`" + field + "`"));
    }
}
