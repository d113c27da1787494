package dev.darkroom;

import static dev.darkroom.Colours.assertNear;
import static dev.darkroom.Colours.mean;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.client.DarkroomClient;
import dev.darkroom.client.DarkroomException;
import dev.darkroom.client.DrawRequest;
import dev.darkroom.client.Event;
import dev.darkroom.client.ImageSource;
import dev.darkroom.client.JobHandle;
import dev.darkroom.client.JobStatus;
import dev.darkroom.client.Lora;
import dev.darkroom.client.Picture;
import dev.darkroom.client.Result;
import dev.darkroom.client.WebhookVerifier;
import dev.darkroom.job.Eventually;
import dev.darkroom.job.JobException;
import dev.darkroom.queue.Answer;
import dev.darkroom.queue.JobJson;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The Java client against the whole worker: what it asks for is done, and what the worker says is what its callers read. */
@QuarkusTest
class ClientTest extends WholeWorker {
    private static final Path IMAGES = Path.of(System.getProperty("darkroom.home"), "test-payloads/images");
    private static final DrawRequest CIRCLE =
            DrawRequest.prompt("a red circle on a white background").seed(3).build();
    private static final DrawRequest LONG =
            DrawRequest.prompt("a green forest").steps(200).outputs(4).build();

    private DarkroomClient client;

    @BeforeEach
    void connect() {
        client = DarkroomClient.at("http://localhost:" + RestAssured.port + "/v2/local")
                .build();
    }

    @AfterEach
    void leave() {
        client.close();
    }

    /** A file by its address here: the worker of tests names the port that it would have elsewhere. */
    private static byte[] file(Picture picture) throws InterruptedException {
        return picture.url().isPresent()
                ? RestAssured.get(picture.url().get().getPath()).asByteArray()
                : picture.bytes();
    }

    @Test
    void aPictureIsDrawnAndComesAsItIsAskedFor(@TempDir Path folder) throws Exception {
        Result result = client.draw(CIRCLE);
        Picture picture = result.picture();
        byte[] file = file(picture);

        assertNear(mean(Caller.read(file), 56, 56, 16, 16), 14, 220, 32, 36);
        assertThat(picture.url()).isPresent();
        assertThat(picture.length()).isEqualTo(file.length);
        assertThat(picture.width()).isEqualTo(128);
        assertThat(picture.format()).isEqualTo("png");
        assertThat(picture.seed()).isEqualTo(3);
        assertThat(result.model()).isEqualTo("pocket-flux");
        assertThat(result.timings()).containsKeys("encode", "denoise", "decode");

        Picture inside = client.draw(
                        CIRCLE.toBuilder().returnAs(DrawRequest.ReturnAs.BASE64).build())
                .picture();
        assertThat(inside.url()).isEmpty();
        assertThat(inside.save(folder.resolve("circle.png"))).hasBinaryContent(file);
    }

    @Test
    void aPictureOfOnesOwnIsEditedAndAnEarlierResultToo() throws Exception {
        Result blue = client.draw(DrawRequest.prompt("make the circle blue")
                .image(ImageSource.of(IMAGES.resolve("red-circle.png")))
                .seed(1)
                .build());
        assertNear(mean(Caller.read(file(blue.picture())), 56, 56, 16, 16), 45, 38, 84, 214);

        Result green = client.draw(DrawRequest.prompt("turn the circle green")
                .image(ImageSource.of(blue.picture().url().orElseThrow()))
                .seed(1)
                .build());
        assertNear(mean(Caller.read(file(green.picture())), 56, 56, 16, 16), 45, 40, 160, 60);

        byte[] file = Files.readAllBytes(IMAGES.resolve("red-circle.png"));
        assertThat(file(client.draw(DrawRequest.prompt("make the circle blue")
                                .image(ImageSource.of(file))
                                .seed(1)
                                .build())
                        .picture()))
                .isEqualTo(file(blue.picture()));
    }

    @Test
    void everyKindOfFieldIsUnderstood() throws InterruptedException {
        Result result = client.draw(DrawRequest.prompts(List.of("a red circle", "a blue square"))
                .lora(new Lora("red-is-blue.safetensors", 0.5))
                .aspectRatio("16:9")
                .megapixels(0.01)
                .outputs(2)
                .steps(2)
                .style("cinematic")
                .stepCache(0.05)
                .goFast(false)
                .format(DrawRequest.Format.WEBP)
                .quality(50)
                .stripMetadata(true)
                .build());

        assertThat(result.pictures())
                .hasSize(4)
                .allSatisfy(picture -> assertThat(picture.format()).isEqualTo("webp"))
                .extracting(Picture::promptIndex)
                .containsExactly(0, 0, 1, 1);
        assertThat(result.failures()).isEmpty();
    }

    @Test
    void eventsComeInTheirOrderAndBeforeTheResult() throws InterruptedException {
        List<Event> heard = new CopyOnWriteArrayList<>();

        Result result = client.submit(DrawRequest.prompt("a sunset over mountains")
                        .size(512, 512)
                        .steps(6)
                        .outputs(2)
                        .returnAs(DrawRequest.ReturnAs.BASE64)
                        .build())
                .onEvent(heard::add)
                .await();

        List<Integer> steps = heard.stream()
                .filter(Event.Progress.class::isInstance)
                .map(event -> ((Event.Progress) event).step())
                .toList();
        assertThat(steps).isNotEmpty().isSorted().doesNotHaveDuplicates();
        assertThat(heard)
                .filteredOn(Event.PictureReady.class::isInstance)
                .extracting(event -> ((Event.PictureReady) event).index())
                .containsExactlyInAnyOrder(0, 1);
        assertThat(result.pictures()).extracting(Picture::seed).containsExactly(result.seed(), result.seed() + 1);
    }

    @Test
    void aCancelledFutureEndsTheJobAtTheWorker() throws InterruptedException {
        JobHandle job = client.submit(LONG);
        assertThat(job.status().state().isFinal()).isFalse();

        job.result().cancel(true);

        Eventually.await("the job is cancelled", () -> job.status().state() == JobStatus.State.CANCELLED);
        JobHandle found = client.job(job.id());
        DarkroomException ended = catchThrowableOfType(DarkroomException.class, found::await);
        assertThat(ended.errorType()).isEqualTo("CANCELLED");
        assertThat(client.submit(LONG).cancel().state()).isEqualTo(JobStatus.State.CANCELLED);
        Caller.awaitReady();
    }

    @Test
    void faultsAreToldByTheirFields() {
        DarkroomException refused = catchThrowableOfType(
                DarkroomException.class,
                () -> client.draw(
                        CIRCLE.toBuilder().size(5, 64).field("widht", 1).build()));

        assertThat(refused.errorType()).isEqualTo("BAD_INPUT");
        assertThat(refused.isRetryable()).isFalse();
        assertThat(refused.jobId()).isPresent();
        assertThat(refused.faults())
                .contains(
                        new DarkroomException.Fault("width", "must be from 64 to 4096, not 5"),
                        new DarkroomException.Fault("widht", "is no field of this worker; did you mean width?"));
        assertThatThrownBy(() -> client.job("nothing")).hasMessageContaining("there is no job");
    }

    @Test
    void theSameSubmissionUnderItsKeyIsTheSameJob() throws InterruptedException {
        DrawRequest named = DrawRequest.prompt("a red circle")
                .idempotencyKey("client-test-17")
                .build();

        Result first = client.draw(named);
        Result second = client.draw(named);

        assertThat(second.id()).isEqualTo(first.id());
        assertThat(second.picture().url()).isEqualTo(first.picture().url());
        DarkroomException other = catchThrowableOfType(
                DarkroomException.class,
                () -> client.draw(named.toBuilder().seed(2).build()));
        assertThat(other.status()).isEqualTo(422);
    }

    @Test
    void theServerTellsHowItIs() throws InterruptedException {
        assertThat(client.health().jobs()).containsKeys("inQueue", "inProgress", "completed", "failed");
        assertThat(client.health().workers()).containsKey("idle");
    }

    /** What the worker says of a failure, and what a caller makes of it, as a webhook brings it. */
    @ParameterizedTest
    @EnumSource(JobException.Code.class)
    void aFailureIsReadAsItIsMeant(JobException.Code code) throws Exception {
        ObjectNode body = Answer.failed("1", new JobException(code, "prompt: is of no use", null));
        byte[] bytes = JobJson.bytes(body);
        String seconds = String.valueOf(System.currentTimeMillis() / 1000);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec("a secret".getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        mac.update(("1." + seconds + ".").getBytes(StandardCharsets.UTF_8));
        Map<String, String> headers = Map.of(
                "webhook-id",
                "1",
                "webhook-timestamp",
                seconds,
                "webhook-signature",
                "v1," + Base64.getEncoder().encodeToString(mac.doFinal(bytes)));

        JobStatus status = WebhookVerifier.of("a secret").verify(headers::get, bytes);

        assertThat(status.state().name()).isEqualTo(code.ending().name());
        DarkroomException failure = status.failure().orElseThrow();
        assertThat(failure.errorType()).isEqualTo(code.name());
        assertThat(failure.isRetryable()).isEqualTo(code.isRetryable());
        assertThat(failure.faults()).containsExactly(new DarkroomException.Fault("prompt", "is of no use"));
    }
}
