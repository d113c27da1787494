package dev.darkroom.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.darkroom.job.Eventually;
import dev.darkroom.queue.JobJson;
import dev.darkroom.queue.runpod.Endpoint;
import dev.darkroom.queue.runpod.PlatformRequest;
import dev.darkroom.queue.runpod.StandInPlatform;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker of RunPod as the platform sees it: the real process does job after job, and has no storage but its answers. */
class RunPodIT {
    /** A job that takes longer than a test is slow. */
    private static final String LONG = "{\"prompt\": \"a forest\", \"num_inference_steps\": 200, \"num_outputs\": 4}";

    @TempDir
    static Path folder;

    static StandInPlatform platform = StandInPlatform.start(Duration.ofSeconds(2));
    static WorkerProcess worker;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        Map<String, String> environment = platform.environment();
        environment.put("RUNPOD_PING_INTERVAL", "1000");
        environment.put("DARKROOM_LOG", "json");
        worker = WorkerProcess.start(folder, environment).awaitReady();
    }

    @AfterAll
    static void end() throws InterruptedException {
        worker.close();
        platform.close();
    }

    @Test
    void aJobGivesItsProgressAndOneResultWithThePicture() throws IOException, InterruptedException {
        platform.offer("one", "{\"prompt\": \"a red circle\", \"seed\": 7, \"num_inference_steps\": 40}");

        JsonNode output = result("one").path("output");
        assertThat(ImageIO.read(new ByteArrayInputStream(picture(output.at("/images/0"))))
                        .getWidth())
                .isEqualTo(128);
        assertThat(output.at("/images/0/seed").asLong()).isEqualTo(7);
        List<PlatformRequest> told =
                platform.requests(request -> request.jobId().equals("one"));
        assertThat(told)
                .allSatisfy(
                        request -> assertThat(request.header("Authorization")).isEqualTo(StandInPlatform.KEY));
        assertThat(told.getLast().isResult()).as("nothing follows the result").isTrue();
        assertThat(told.getFirst().isProgress()).isTrue();
        assertThat(told.getFirst().json().path("status").asText()).isEqualTo("IN_PROGRESS");
        assertThat(told.getFirst().json().at("/output/max").asInt()).isEqualTo(40);
        assertThat(platform.answers()).containsEntry("one", 1);
    }

    @Test
    void aBatchIsOneJob() throws IOException, InterruptedException {
        platform.offer(
                "batch",
                "{\"prompts\": [\"a circle\", \"a square\"], \"num_outputs\": 2, \"width\": 64, \"height\": 64}");

        JsonNode images = result("batch").at("/output/images");
        assertThat(images).hasSize(4);
        for (JsonNode image : images) {
            assertThat(picture(image)).startsWith(0x89, 'P', 'N', 'G');
        }
        assertThat(images.findValuesAsText("prompt_index")).containsExactly("0", "0", "1", "1");
    }

    @Test
    void aFaultyPayloadIsAnsweredWithItsFaults() throws InterruptedException {
        platform.offer("faulty", "{\"prompt\": \"a circle\", \"width\": 20000, \"colour\": \"red\"}");

        JsonNode result = result("faulty");
        assertThat(result.path("error").isTextual()).isTrue();
        assertThat(result.path("error").asText())
                .contains("width: must be from 64 to 4096, not 20000")
                .contains("colour");
        assertThat(result.at("/output/error_type").asText()).isEqualTo("BAD_INPUT");
    }

    @Test
    void aStoppedJobIsNeverAnsweredAndTheNextOneRuns() throws InterruptedException {
        platform.offer("unwanted", LONG);
        platform.await(request -> request.isProgress() && request.jobId().equals("unwanted"), 1);
        platform.stop("unwanted");
        platform.offer("next", "{\"prompt\": \"a circle\", \"width\": 64, \"height\": 64}");

        assertThat(result("next").has("error")).isFalse();
        awaitPingsWithout("unwanted");
        assertThat(platform.answers()).doesNotContainKey("unwanted");
    }

    @Test
    void theHeartbeatTellsAllTheTimeWhichJobsAreInHand() throws InterruptedException {
        platform.offer("long", LONG);
        platform.await(request -> request.target().contains("job_id=long"), 2);
        platform.stop("long");
        awaitPingsWithout("job_id");
    }

    private static void awaitPingsWithout(String text) throws InterruptedException {
        int told = platform.requests(Endpoint.PING).size();
        Eventually.await(
                () -> "pings without " + text,
                () -> platform.requests(Endpoint.PING).stream()
                        .skip(told)
                        .anyMatch(ping -> !ping.target().contains(text)));
    }

    @Test
    void theLogIsJsonByJobWithoutPicturesAndSecrets() throws IOException, InterruptedException {
        String image = Base64.getEncoder().encodeToString(sourceImage());
        platform.offer(
                "logged",
                "{\"prompt\": \"a secret prompt\", \"width\": 64, \"height\": 64, \"image\": \"" + image + "\"}");
        assertThat(result("logged").has("error")).isFalse();
        platform.offer("broken", "{\"prompt\": \"a circle\", \"image\": \"" + image.substring(0, 200) + "\"}");
        assertThat(result("broken").path("error").asText()).startsWith("image: ");

        Set<String> ofTheJob = new TreeSet<>();
        for (String line : worker.linesOfJava()) {
            JsonNode record = JobJson.MAPPER.readTree(line);
            assertThat(record.path("level").isTextual()).as(line).isTrue();
            assertThat(record.path("message").isTextual()).as(line).isTrue();
            assertThat(record.has("requestId")).as(line).isTrue();
            if (record.path("requestId").asText().equals("logged")) {
                ofTheJob.add(record.path("message").asText().replaceFirst(":.*", ""));
            }
        }
        assertThat(ofTheJob)
                .containsExactly(
                        "job logged completed",
                        "job logged drawing",
                        "job logged fetched",
                        "job logged picture 0 drawn",
                        "job logged picture 0 stored",
                        "job logged taken");
        assertThat(worker.log())
                .doesNotContain(image.substring(40, 80), StandInPlatform.KEY, "a secret prompt")
                .doesNotContain(picturesOf("logged"));
    }

    /** Something of each picture that was answered. */
    private static List<String> picturesOf(String job) throws InterruptedException {
        return result(job).at("/output/images").findValuesAsText("image").stream()
                .map(base64 -> base64.substring(100, 140))
                .collect(Collectors.toList());
    }

    private static byte[] sourceImage() throws IOException {
        var image = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 64 * 64; i++) {
            image.setRGB(i % 64, i / 64, i * 4099);
        }
        var file = new ByteArrayOutputStream();
        ImageIO.write(image, "png", file);
        return file.toByteArray();
    }

    private static byte[] picture(JsonNode image) {
        return Base64.getDecoder().decode(image.path("image").asText());
    }

    /** The one result that was posted for a job. */
    private static JsonNode result(String job) throws InterruptedException {
        List<PlatformRequest> results =
                platform.await(request -> request.isResult() && request.jobId().equals(job), 1);
        assertThat(results).hasSize(1);
        return results.getFirst().json();
    }
}
