package dev.darkroom.queue.runpod;

import static dev.darkroom.queue.runpod.TestWorker.millis;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.Job;
import dev.darkroom.job.JobException;
import dev.darkroom.job.JobResult;
import dev.darkroom.queue.Ticket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The pictures of a batch, posted to the job's stream. */
@Timeout(300)
class StreamTest {
    private static final String THREE = "{\"prompt\": \"a red circle\", \"num_outputs\": 3}";
    private static final Map<String, String> STREAMING = Map.of("stream", "true");

    @Test
    void partsComeInOrderAndTheResultClosesTheStream() throws Exception {
        try (var worker = new TestWorker(STREAMING)) {
            worker.platform.script(Endpoint.STREAM, Reaction.after(millis(100), Reaction.usual()));
            worker.platform.offer("a", THREE);
            worker.work(StreamTest::threePictures);
            PlatformRequest result = worker.platform.awaitResults(1).getFirst();

            List<PlatformRequest> parts = worker.platform.requests(Endpoint.STREAM);
            assertThat(parts.stream().map(part -> part.json().at("/output/url").asText()))
                    .containsExactly(
                            "https://pictures.test/0.png",
                            "https://pictures.test/1.png",
                            "https://pictures.test/2.png");
            assertThat(parts)
                    .allSatisfy(part -> assertThat(part.target())
                            .isEqualTo("/v2/ep/job-stream/worker-1/a?gpu=NVIDIA+GeForce+RTX+4090&isStream=false"));
            assertThat(result.nanos()).isGreaterThan(parts.getLast().nanos());
            assertThat(result.target()).endsWith("&isStream=true");
            assertThat(result.json().at("/output/images")).hasSize(3);
            assertThat(worker.platform.requests(PlatformRequest::isProgress))
                    .allSatisfy(progress -> assertThat(progress.target()).endsWith("&isStream=false"));
        }
    }

    @Test
    void aPartThatIsNotTakenIsTriedAgainInItsPlace() throws Exception {
        try (var worker = new TestWorker(STREAMING)) {
            worker.platform.script(Endpoint.STREAM, Reaction.usual(), Reaction.status(500), Reaction.reset());
            worker.platform.offer("a", THREE);
            worker.work(StreamTest::threePictures);
            worker.platform.awaitResults(1);

            assertThat(worker.platform.requests(Endpoint.STREAM).stream()
                            .map(part -> part.json().at("/output/url").asText().replaceAll("\\D+", "")))
                    .containsExactly("0", "1", "1", "1", "2");
        }
    }

    @Test
    void aPartThatIsRefusedDoesNotHarmTheResult() throws Exception {
        try (var worker = new TestWorker(STREAMING)) {
            worker.platform.rule(Endpoint.STREAM, unused -> Reaction.status(400));
            worker.platform.offer("a", THREE);
            worker.work(StreamTest::threePictures);

            assertThat(worker.platform.awaitResults(1).getFirst().json().at("/output/images"))
                    .hasSize(3);
            assertThat(worker.platform.requests(Endpoint.STREAM)).hasSize(3);
        }
    }

    @Test
    void aFailureInTheMiddleComesAfterWhatWasMade() throws Exception {
        try (var worker = new TestWorker(STREAMING)) {
            worker.platform.offer("a", THREE);
            worker.work((ticket, job) -> {
                ticket.stored(TestWorker.image(job, 0));
                throw new JobException(JobException.Code.OUT_OF_MEMORY, "memory ran out", null);
            });
            PlatformRequest result = worker.platform.awaitResults(1).getFirst();

            assertThat(result.json().path("error").asText()).isEqualTo("memory ran out");
            assertThat(result.target()).endsWith("&isStream=true");
            assertThat(worker.platform.requests(Endpoint.STREAM)).hasSize(1);
            assertThat(result.nanos())
                    .isGreaterThan(
                            worker.platform.requests(Endpoint.STREAM).getFirst().nanos());
        }
    }

    @Test
    void aPictureThatIsTooLargeForAPartIsToldOfWithoutItsFile() throws Exception {
        try (var worker = new TestWorker(STREAMING)) {
            worker.platform.offer("a", THREE);
            worker.work((ticket, job) -> {
                JobResult.Image image = TestWorker.inline(job, 0, 1_000_000);
                ticket.stored(image);
                return TestWorker.result(job, image);
            });
            PlatformRequest result = worker.platform.awaitResults(1).getFirst();

            PlatformRequest part = worker.platform.requests(Endpoint.STREAM).getFirst();
            assertThat(part.body().length()).isLessThan(1_000);
            assertThat(part.json().at("/output/bytes").asInt()).isEqualTo(1_000_000);
            assertThat(result.json().at("/output/images/0").has("image")).isTrue();
        }
    }

    private static JobResult threePictures(Ticket ticket, Job job) {
        JobResult.Image[] images = new JobResult.Image[3];
        for (int i = 0; i < 3; i++) {
            images[i] = TestWorker.image(job, i);
            ticket.stored(images[i]);
        }
        return TestWorker.result(job, images);
    }
}
