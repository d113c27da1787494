package dev.darkroom;

import static dev.darkroom.Caller.post;
import static dev.darkroom.Caller.runsync;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.status.Build;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What a running worker tells of itself, over HTTP. */
@QuarkusTest
class StatusTest extends WholeWorker {
    @Test
    void itHasTheWorkerItsModelsAndItsMemory() {
        JsonPath status = status();

        assertThat(status.getString("state")).isIn("READY", "BUSY");
        assertThat(status.getMap("troubles")).isEmpty();
        assertThat(status.getString("version")).isEqualTo(Build.VERSION);
        assertThat(status.getString("device")).isEqualTo("cpu");
        assertThat(status.getMap("jobs")).containsKeys("completed", "failed", "inProgress", "inQueue", "retried");
        assertThat(status.<String>getList("models.name")).containsExactly("pocket-flux", "pocket-qwen-edit");
        assertThat(status.<Boolean>getList("models.isDefault")).containsExactly(true, false);
        assertThat(status.<String>getList("models.license.name")).containsExactly("apache-2.0", "apache-2.0");
        assertThat(status.<Boolean>getList("models.resident")).containsExactly(true, true);
        assertThat(status.getMap("memory").keySet())
                .isEqualTo(given().get("/health").jsonPath().getMap("memory").keySet());
    }

    @Test
    void aJobThatEndedIsThereWithItsPhasesAndNothingOfItsPrompt() {
        JsonPath answer =
                runsync("'prompt': 'a very secret sunset', 'seed': 5, 'num_inference_steps': 3, 'num_outputs': 2");

        JsonPath status = status();
        Map<String, Object> job = job(status, answer.getString("id"));
        assertThat(job)
                .containsEntry("status", "COMPLETED")
                .containsEntry("model", "pocket-flux")
                .containsEntry("pictures", 2)
                .containsEntry("size", "128x128")
                .containsEntry("steps", 6)
                .doesNotContainKey("error_type");
        Map<String, Object> phases = phases(job);
        assertThat(phases.keySet().iterator().next()).isEqualTo("wait");
        assertThat(phases).containsAllEntriesOf(answer.getMap("output.timings"));
        assertThat(Instant.parse(String.valueOf(job.get("ended"))))
                .isBefore(Instant.now().plusSeconds(1));
        assertThat(status.prettify()).doesNotContain("secret", "sunset");
    }

    @Test
    void aJobThatWasRefusedIsThereWithTheKindOfItsFault() {
        String id = post("/run", "'prompt': 7").jsonPath().getString("id");

        assertThat(job(status(), id))
                .containsEntry("status", "FAILED")
                .containsEntry("error_type", "BAD_INPUT")
                .containsEntry("pictures", 0)
                .doesNotContainKeys("model", "size");
    }

    private static JsonPath status() {
        return given().get("/status")
                .then()
                .statusCode(200)
                .header("Cache-Control", "no-store")
                .header("Vary", "Accept")
                .extract()
                .jsonPath();
    }

    private static Map<String, Object> job(JsonPath status, String id) {
        List<Map<String, Object>> jobs = status.getList("lastJobs");
        return jobs.stream().filter(job -> id.equals(job.get("id"))).findFirst().orElseThrow();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> phases(Map<String, Object> job) {
        return (Map<String, Object>) Objects.requireNonNull(job.get("phases"));
    }
}
