package dev.darkroom.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.job.Eventually;
import dev.darkroom.queue.runpod.Endpoint;
import dev.darkroom.queue.runpod.PlatformRequest;
import dev.darkroom.queue.runpod.Reaction;
import dev.darkroom.queue.runpod.StandInPlatform;
import dev.darkroom.store.S3Server;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** How the process of a RunPod worker begins and ends, and with which surroundings: a process each. */
class RunPodLifeIT {
    /** Before a poll would end by itself. */
    private static final Duration AT_ONCE = Duration.ofSeconds(45);

    private static final String SMALL = "{\"prompt\": \"a circle\", \"width\": 64, \"height\": 64}";

    @RegisterExtension
    static final S3Server S3 = new S3Server();

    @TempDir
    Path folder;

    private final StandInPlatform platform = StandInPlatform.start(Duration.ofMinutes(5));

    @AfterEach
    void endPlatform() {
        platform.close();
    }

    @Test
    void resultsInABucketAreReadByPlainHttpAndAPollForJobsEndsOnSigterm() throws Exception {
        try (var worker = WorkerProcess.start(folder, with(bucket(S3Server.SECRET)))) {
            worker.awaitReady();
            platform.offer("stored", SMALL);

            JsonNode image = result().at("/output/images/0");
            assertThat(image.has("image")).isFalse();
            URI url = URI.create(image.path("url").asText());
            assertThat(url.toString()).startsWith(S3.address() + "/" + S3Server.BUCKET + "/");
            assertThat(get(url)).startsWith(0x89, 'P', 'N', 'G');
            String signature = url.getQuery().replaceFirst(".*X-Amz-Signature=([0-9a-f]+).*", "$1");
            assertThat(signature).hasSize(64);

            int takes = platform.requests(Endpoint.TAKE).size();
            assertThat(platform.await(Endpoint.TAKE, takes)).isNotEmpty();
            worker.terminate();
            assertThat(worker.awaitEnd(AT_ONCE)).as(worker.log()).isIn(0, 143);
            assertThat(worker.log())
                    .doesNotContain(S3Server.SECRET, signature, StandInPlatform.KEY)
                    .doesNotContain("SIGSEGV", "Exception");
        }
    }

    @Test
    void anIdleWorkerEndsOnSigterm() throws Exception {
        // throttled: between two polls
        platform.rule(Endpoint.TAKE, request -> Reaction.status(429));
        try (var worker = WorkerProcess.start(folder, platform.environment())) {
            worker.awaitReady();
            platform.await(Endpoint.TAKE, 1);

            worker.terminate();
            assertThat(worker.awaitEnd(AT_ONCE)).as(worker.log()).isIn(0, 143);
        }
    }

    @Test
    void aRunningJobIsFinishedAndPostedAfterSigterm() throws Exception {
        try (var worker = WorkerProcess.start(folder, platform.environment())) {
            worker.awaitReady();
            platform.offer("last", "{\"prompt\": \"a forest\", \"num_inference_steps\": 200}");
            platform.await(PlatformRequest::isProgress, 1);
            assertThat(platform.answers()).isEmpty();
            worker.terminate();

            assertThat(worker.awaitEnd(Eventually.NEVER)).as(worker.log()).isIn(0, 143);
            assertThat(result().at("/output/images")).hasSize(1);
            assertThat(platform.answers()).isEqualTo(Map.of("last", 1));
        }
    }

    @Test
    void aWorkerWithoutItsModelTellsThePlatformAndEndsThoughNobodyListens() throws Exception {
        platform.rule(Endpoint.PING, request -> Reaction.hang());
        try (var worker = WorkerProcess.start(folder, with(Map.of("DARKROOM_MODELS", "x=/no/such/folder")))) {
            assertThat(worker.awaitEnd(Eventually.NEVER)).as(worker.log()).isEqualTo(60);
            assertThat(worker.log())
                    .contains("\"check\":\"weights\",\"result\":\"FAIL\"", "x: /no/such/folder is no directory");
        }
        assertUnhealthy("check=weights", "no%2Fsuch");
    }

    @Test
    void aWorkerThatCannotStoreTellsThePlatformAndEndsThoughNobodyListens() throws Exception {
        platform.rule(Endpoint.PING, request -> Reaction.hang());
        try (var worker = WorkerProcess.start(folder, with(bucket("a-wrong-secret-with-which-nothing-is-stored")))) {
            assertThat(worker.awaitEnd(Eventually.NEVER)).as(worker.log()).isEqualTo(1);
            assertThat(worker.log()).contains("FAIL storage").doesNotContain("a-wrong-secret", StandInPlatform.KEY);
        }
        assertUnhealthy("check=storage", "reason=");
        assertThat(platform.requests(Endpoint.TAKE)).isEmpty();
    }

    /** Told once that it cannot work, and why. */
    private void assertUnhealthy(String check, String reason) throws InterruptedException {
        List<PlatformRequest> reports =
                platform.await(request -> request.target().contains("status=unhealthy"), 1);
        assertThat(reports).hasSize(1);
        assertThat(reports.getFirst().target())
                .startsWith("/v2/ep/ping/" + StandInPlatform.WORKER + "?")
                .contains(check, reason);
    }

    @Test
    void aJobIsDoneForTheRunnerOfTheHub() throws Exception {
        String base = platform.environment()
                .getOrDefault("RUNPOD_WEBHOOK_GET_JOB", "")
                .replaceFirst("/job-take/.*", "");
        Map<String, String> environment = Map.of(
                "RUNPOD_WEBHOOK_GET_JOB",
                base + "/job-take/$RUNPOD_POD_ID",
                "RUNPOD_WEBHOOK_POST_OUTPUT",
                base + "/job-done/$RUNPOD_POD_ID/$ID",
                "RUNPOD_ENDPOINT_BASE_URL",
                base,
                "RUNPOD_LOG_LEVEL",
                "INFO");
        try (var worker = WorkerProcess.start(folder, environment)) {
            worker.awaitReady();
            platform.offer("hub", SMALL);

            assertThat(result().at("/output/images/0/image").asText()).startsWith("iVBOR");
            assertThat(platform.requests(Endpoint.TAKE).getFirst().target())
                    .matches("/v2/ep/job-take/[0-9a-f-]{36}\\?job_in_progress=0");
            assertThat(platform.awaitResults(1).getFirst().target())
                    .matches("/v2/ep/job-done/[0-9a-f-]{36}/hub\\?isStream=false");
            assertThat(platform.requests(Endpoint.PING)).isEmpty();
            assertThat(platform.requests(Endpoint.OTHER)).isEmpty();
        }
    }

    private JsonNode result() throws InterruptedException {
        return platform.awaitResults(1).getFirst().json();
    }

    /** What the platform sets, and more. */
    private Map<String, String> with(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(platform.environment());
        environment.putAll(more);
        return environment;
    }

    private static Map<String, String> bucket(String secret) {
        return Map.of(
                "BUCKET_ENDPOINT_URL",
                S3.address().toString(),
                "BUCKET_ACCESS_KEY_ID",
                S3Server.KEY_ID,
                "BUCKET_SECRET_ACCESS_KEY",
                secret,
                "BUCKET_NAME",
                S3Server.BUCKET);
    }

    private static byte[] get(URI address) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            HttpResponse<byte[]> response =
                    client.send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofByteArray());
            assertThat(response.statusCode()).isEqualTo(200);
            return response.body();
        }
    }
}
