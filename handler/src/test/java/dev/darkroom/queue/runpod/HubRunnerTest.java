package dev.darkroom.queue.runpod;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** RunPod's Hub tests a worker with two addresses only: dollar signs are still in them, and no query. */
@Timeout(300)
class HubRunnerTest {
    @Test
    void aJobIsDoneWithWhatTheHubGives() throws Exception {
        try (var worker = new TestWorker(Map.of(), HubRunnerTest::asTheHubSetsThem)) {
            worker.platform.offer("test-1", TestWorker.INPUT);
            worker.work();

            PlatformRequest answer = worker.platform.awaitResults(1).getFirst();
            assertThat(answer.target()).matches("/v2/IDE/job-done/[0-9a-f-]{36}/test-1\\?isStream=false");
            assertThat(answer.json().has("output")).isTrue();
            assertThat(worker.platform.requests(Endpoint.TAKE).getFirst().target())
                    .matches("/v2/IDE/job-take/[0-9a-f-]{36}\\?job_in_progress=0");
            assertThat(worker.platform.requests(Endpoint.PING)).isEmpty();
        }
    }

    private static Map<String, String> asTheHubSetsThem(Map<String, String> usual) {
        String take = usual.getOrDefault("RUNPOD_WEBHOOK_GET_JOB", "");
        String base = take.substring(0, take.indexOf("/v2/")) + "/v2/IDE";
        return Map.of(
                "RUNPOD_WEBHOOK_GET_JOB", base + "/job-take/$RUNPOD_POD_ID",
                "RUNPOD_WEBHOOK_POST_OUTPUT", base + "/job-done/$RUNPOD_POD_ID/$ID",
                "RUNPOD_LOG_LEVEL", "INFO");
    }
}
