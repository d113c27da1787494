package dev.darkroom.client;

import static dev.darkroom.client.Scripted.dropped;
import static dev.darkroom.client.Scripted.events;
import static dev.darkroom.client.Scripted.half;
import static dev.darkroom.client.Scripted.json;
import static dev.darkroom.client.Scripted.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the client makes of servers and connections that fail: no job twice, none lost, and an error that says why. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class FaultsTest {
    private static final DrawRequest REQUEST = DrawRequest.of("a red circle");
    private static final String QUEUED = "{\"id\":\"1\",\"status\":\"IN_QUEUE\"}";
    private static final String RUNNING =
            "{\"id\":\"1\",\"status\":\"IN_PROGRESS\",\"output\":{\"type\":\"progress\",\"value\":2,\"max\":4,\"percent\":50.0}}";
    private static final String DONE = """
            {"id":"1","status":"COMPLETED","output":{"images":[
              {"image":"AQID","format":"png","width":64,"height":64,"bytes":3,"seed":5,"prompt_index":0}],
             "seed":5,"model":"pocket-flux","timings":{"denoise":36},"notes":["n"]},"delayTime":2,"executionTime":65}
            """.replace("\n", "");
    private static final String CANCELLED =
            "{\"id\":\"1\",\"status\":\"CANCELLED\",\"error\":\"the job was cancelled\",\"error_type\":\"CANCELLED\"}";

    private Scripted server;
    private DarkroomClient client;

    @BeforeEach
    void start() throws IOException {
        server = new Scripted();
        server.on("POST /run", json(QUEUED)).on("GET /events/1", events("end", DONE));
        client = DarkroomClient.at(server.address() + "/").key("secret").build();
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private DarkroomException refusedWith(Scripted.Answer answer) {
        server.on("POST /run", answer);
        return catchThrowableOfType(DarkroomException.class, () -> client.draw(REQUEST));
    }

    @Test
    void anAnswerThatIsLostIsAskedForAgainUnderTheSameKey() throws InterruptedException {
        server.on("POST /run", dropped(), half(QUEUED), text(503, "", "Retry-After", "0"), json(QUEUED));

        Result result = client.draw(REQUEST);

        assertThat(result.picture().bytes()).containsExactly(1, 2, 3);
        assertThat(server.calls("POST /run"))
                .hasSize(4)
                .allSatisfy(call -> assertThat(call.body()).isEqualTo("{\"input\":{\"prompt\":\"a red circle\"}}"))
                .extracting(call -> call.header("Idempotency-key"))
                .containsOnly(server.calls("POST /run").get(0).header("Idempotency-key"))
                .doesNotContain("");
        assertThat(server.calls("POST /run").get(0).header("Authorization")).isEqualTo("Bearer secret");
    }

    @Test
    void twoSubmissionsHaveTwoKeysAndACallersOwnIsSent() throws InterruptedException {
        client.draw(REQUEST);
        client.draw(REQUEST);
        client.draw(REQUEST.toBuilder().idempotencyKey("order-17").build());

        assertThat(server.calls("POST /run"))
                .extracting(call -> call.header("Idempotency-key"))
                .doesNotHaveDuplicates()
                .contains("order-17");
    }

    @Test
    void aResultHasAllThatIsToldOfIt() throws InterruptedException {
        Result result = client.draw(REQUEST);

        assertThat(result.id()).isEqualTo("1");
        assertThat(result.seed()).isEqualTo(5);
        assertThat(result.model()).isEqualTo("pocket-flux");
        assertThat(result.revision()).isEmpty();
        assertThat(result.timings()).containsEntry("denoise", Duration.ofMillis(36));
        assertThat(result.notes()).containsExactly("n");
        assertThat(result.delay()).isEqualTo(Duration.ofMillis(2));
        assertThat(result.execution()).isEqualTo(Duration.ofMillis(65));
        assertThat(result.picture().width()).isEqualTo(64);
        assertThat(result.picture().url()).isEmpty();
    }

    /** The end of a job for an animation of which frames were drawn until somebody cancelled it. */
    private static final String CUT = """
            {"id":"1","status":"CANCELLED","output":{"images":[
              {"image":"AQID","format":"mp4","width":64,"height":48,"bytes":3,"frames":12,"fps":7.5,
               "poster":{"image":"BAU=","format":"jpeg","width":32,"height":24,"bytes":2},"seed":5,"prompt_index":0}],
             "seed":5,"model":"pocket-flux","notes":["12 of 48 frames"]}}
            """.replace("\n", "");

    @Test
    void aFilmHasFramesAndItsPosterAlsoOfAJobThatWasCancelled() throws InterruptedException {
        server.on("GET /events/1", events("end", CUT)).on("GET /status/1", json(CUT));
        JobHandle job = client.submit(REQUEST.toBuilder()
                .animation(Animation.frames(48).keepOnCancel(true).build())
                .build());

        Picture film = job.await().picture();

        assertThat(film.format()).isEqualTo("mp4");
        Picture.Clip clip = film.clip().orElseThrow();
        assertThat(clip.frames()).isEqualTo(12);
        assertThat(clip.fps()).isEqualTo(7.5);
        Picture poster = clip.poster().orElseThrow();
        assertThat(poster.bytes()).containsExactly(4, 5);
        assertThat(poster.seed()).isEqualTo(5);
        assertThat(poster.clip()).isEmpty();
        JobStatus status = job.status();
        assertThat(status.state()).isEqualTo(JobStatus.State.CANCELLED);
        assertThat(status.result().orElseThrow().notes()).containsExactly("12 of 48 frames");
        assertThat(status.failure()).isEmpty();
    }

    @Test
    void eventsAreHeardOnceEachThoughTheStreamBreaks() throws InterruptedException {
        String picture = "{\"type\":\"image\",\"index\":0,\"image\":\"AQID\",\"format\":\"png\",\"width\":64,"
                + "\"height\":64,\"bytes\":3,\"seed\":5,\"prompt_index\":0}";
        String preview =
                "{\"type\":\"preview\",\"index\":0,\"value\":1,\"max\":4,\"image\":\"AQID\",\"format\":\"jpeg\","
                        + "\"width\":16,\"height\":16}";
        String progress = "{\"type\":\"progress\",\"value\":1,\"max\":4,\"percent\":25.0}";
        var heard = new ArrayList<Event>();
        var registered = new CountDownLatch(1);
        server.on(
                "GET /events/1",
                call -> {
                    registered.await();
                    events("status", QUEUED, "status", RUNNING, "progress", progress, "preview", preview)
                            .to(call);
                },
                events("status", RUNNING, "progress", progress, "preview", preview, "image", picture),
                events("image", picture, "unheard-of", "{}", "end", DONE));
        server.on("GET /status/1", json(RUNNING));

        JobHandle job = client.submit(REQUEST).onEvent(heard::add).onEvent(event -> {
            if (event instanceof Event.Queued) {
                throw new IllegalStateException("this listener is at fault, and the others hear on");
            }
        });
        registered.countDown();
        job.await();

        assertThat(heard)
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly("Queued", "Started", "Progress", "Preview", "Progress", "PictureReady");
        assertThat(heard).contains(new Event.Progress(1, 4), new Event.Progress(2, 4));
        List<Event.PictureReady> late = new ArrayList<>();
        job.onPicture(late::add);
        assertThat(late).hasSize(1);
    }

    @Test
    void withoutEventsTheStatusIsAskedFor() throws InterruptedException {
        var heard = new ArrayList<Event>();
        var registered = new CountDownLatch(1);
        server.on("GET /events/1", text(404, ""))
                .on(
                        "GET /status/1",
                        json(RUNNING),
                        call -> {
                            registered.await();
                            json(RUNNING).to(call);
                        },
                        json(DONE));

        JobHandle job = client.submit(REQUEST).onEvent(heard::add);
        registered.countDown();
        job.await();
        client.draw(REQUEST);

        assertThat(heard).contains(new Event.Started(), new Event.Progress(2, 4));
        assertThat(heard.get(heard.size() - 1)).isInstanceOf(Event.PictureReady.class);
        assertThat(server.calls("GET /events/1"))
                .as("they are not asked for again")
                .hasSize(1);
    }

    @Test
    void aWorkerThatRestartsIsWaitedFor() throws InterruptedException {
        server.on("GET /events/1", events("stopped", QUEUED), text(503, ""), events("end", DONE));
        server.on("GET /status/1", dropped(), text(503, ""), json(QUEUED));

        assertThat(client.draw(REQUEST).pictures()).hasSize(1);
        assertThat(server.calls("POST /run")).hasSize(1);
    }

    @Test
    void anAnswerThatIsTooLargeForTheStreamIsAskedFor() throws InterruptedException {
        server.on("GET /events/1", events("end", "{\"id\":\"1\",\"status\":\"COMPLETED\"}"));
        server.on("GET /status/1", json(DONE));

        assertThat(client.draw(REQUEST).pictures()).hasSize(1);
    }

    @Test
    void aRefusalNamesItsFields() {
        DarkroomException refused =
                refusedWith(json("{\"id\":\"1\",\"status\":\"FAILED\",\"error\":\"widht: is no field of "
                        + "this worker; did you mean width?; policy.ttl: must be from 10000 to 604800000 milliseconds, not 5\","
                        + "\"error_type\":\"BAD_INPUT\"}"));

        assertThat(refused.faults())
                .containsExactly(
                        new DarkroomException.Fault("widht", "is no field of this worker; did you mean width?"),
                        new DarkroomException.Fault(
                                "policy.ttl", "must be from 10000 to 604800000 milliseconds, not 5"));
        assertThat(refused.errorType()).isEqualTo("BAD_INPUT");
        assertThat(refused.isRetryable()).isFalse();
        assertThat(refused.jobId()).contains("1");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 413, 422, 500})
    void whatWillNotChangeIsNotTriedAgain(int status) {
        DarkroomException refused = refusedWith(text(status, "{\"error\": \"because\"}"));

        assertThat(refused).hasMessage("because");
        assertThat(refused.status()).isEqualTo(status);
        assertThat(refused.isRetryable()).isFalse();
        assertThat(server.calls("POST /run")).hasSize(1);
    }

    @Test
    void patienceEnds() throws IOException {
        int nobody;
        try (var socket = new ServerSocket(0)) {
            nobody = socket.getLocalPort();
        }
        try (DarkroomClient brief = DarkroomClient.at("http://localhost:" + nobody)
                .patience(Duration.ZERO)
                .build()) {
            DarkroomException unreachable = catchThrowableOfType(DarkroomException.class, () -> brief.submit(REQUEST));

            assertThat(unreachable).hasMessageStartingWith("http://localhost:" + nobody + " does not answer: ");
            assertThat(unreachable.status()).isZero();
            assertThat(unreachable.isRetryable()).isTrue();
        }
        try (DarkroomClient brief = DarkroomClient.at(server.address())
                .patience(Duration.ofSeconds(1))
                .build()) {
            server.on("POST /run", text(429, "{\"error\": \"the queue is full\"}", "Retry-After", "30"));

            assertThatThrownBy(() -> brief.draw(REQUEST)).hasMessage("the queue is full");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<html>no worker</html>",
                "[]",
                "",
                "{\"status\": \"COMPLETED\"}",
                "{\"id\": \"1\", \"status\": \"X\"}"
            })
    void whatIsNoWorkerIsTold(String body) {
        DarkroomException strange = refusedWith(json(body));

        assertThat(strange).hasMessageStartingWith("the answer ");
        assertThat(server.calls("POST /run")).hasSize(1);
    }

    @Test
    void aCompletedJobWithoutPicturesIsNoResult() {
        assertThat(refusedWith(json("{\"id\":\"1\",\"status\":\"COMPLETED\"}"))).hasMessageContaining("no pictures");
    }

    @Test
    void runPodsOwnErrorsAreRead() {
        DarkroomException failed = refusedWith(
                json(
                        "{\"id\":\"1\",\"status\":\"FAILED\",\"error\":\"no space\",\"output\":{\"error_type\":\"STORE_FAILED\"}}"));
        assertThat(failed.errorType()).isEqualTo("STORE_FAILED");
        assertThat(failed.isRetryable()).isTrue();

        assertThat(refusedWith(json("{\"id\":\"1\",\"status\":\"TIMED_OUT\"}")).errorType())
                .isEqualTo("TIMED_OUT");
    }

    /** A job that goes on until it is cancelled. */
    private CountDownLatch untilItIsCancelled() {
        var cancelled = new CountDownLatch(1);
        server.on("GET /events/1", call -> {
            cancelled.await();
            events("end", CANCELLED).to(call);
        });
        server.on("POST /cancel/1", dropped(), call -> {
            json(CANCELLED).to(call);
            cancelled.countDown();
        });
        return cancelled;
    }

    @Test
    void aCancelledFutureCancelsTheJob() throws InterruptedException {
        CountDownLatch cancelled = untilItIsCancelled();
        JobHandle job = client.submit(REQUEST);

        assertThat(job.result().cancel(false)).isTrue();

        assertThat(cancelled.await(1, TimeUnit.MINUTES)).isTrue();
        assertThatThrownBy(job::await).isInstanceOf(CancellationException.class);
    }

    @Test
    void aTimeoutCancelsTheJob() throws InterruptedException {
        CountDownLatch cancelled = untilItIsCancelled();

        CompletableFuture<Result> late = client.drawAsync(REQUEST).orTimeout(10, TimeUnit.MILLISECONDS);

        assertThat(cancelled.await(1, TimeUnit.MINUTES)).isTrue();
        assertThatThrownBy(late::get).isInstanceOf(ExecutionException.class);
    }

    @Test
    void aJobThatIsCancelledBeforeItHasAnIdIsCancelledWhenItHasOne() throws InterruptedException {
        CountDownLatch cancelled = untilItIsCancelled();
        var arrived = new CountDownLatch(1);
        var given = new CountDownLatch(1);
        server.on("POST /run", call -> {
            arrived.countDown();
            given.await();
            json(QUEUED).to(call);
        });
        CompletableFuture<Result> result = client.drawAsync(REQUEST);
        arrived.await();

        result.cancel(true);
        given.countDown();
        client.close();

        assertThat(cancelled.getCount())
                .as("a client that is closed says so first")
                .isZero();
    }

    @Test
    void anInterruptCancelsABlockingDraw() throws InterruptedException {
        CountDownLatch cancelled = untilItIsCancelled();
        var ended = new CompletableFuture<Throwable>();
        Thread drawing = Thread.ofPlatform().start(() -> {
            try {
                client.draw(REQUEST);
            } catch (Throwable e) {
                ended.complete(e);
            }
        });
        while (server.calls("GET /events/1").isEmpty()) {
            Thread.onSpinWait();
        }

        drawing.interrupt();

        assertThat(cancelled.await(1, TimeUnit.MINUTES)).isTrue();
        assertThat(ended.join()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void aJobThatIsCancelledByNameFailsItsResult() throws InterruptedException {
        untilItIsCancelled();
        JobHandle job = client.submit(REQUEST);

        assertThat(job.cancel().state()).isEqualTo(JobStatus.State.CANCELLED);

        DarkroomException failed = catchThrowableOfType(DarkroomException.class, job::await);
        assertThat(failed.errorType()).isEqualTo("CANCELLED");
        assertThat(server.calls("POST /cancel/1"))
                .as("the lost one, and its repetition")
                .hasSize(2);
    }

    @Test
    void aClosedClientLeavesJobsAlone() throws InterruptedException {
        untilItIsCancelled();
        JobHandle job = client.submit(REQUEST);

        client.close();

        assertThatThrownBy(job::await).hasMessage("the client was closed; the job goes on at the worker");
        assertThat(server.calls("POST /cancel/1")).isEmpty();
        assertThatThrownBy(() -> client.draw(REQUEST)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aDownloadIsTriedAgainAndLeavesNoHalfFile(@TempDir Path folder) throws Exception {
        server.on(
                "GET /events/1",
                events("end", DONE.replace("\"image\":\"AQID\"", "\"url\":\"" + server.address() + "/a.png\"")));
        server.on("GET /a.png", half("picture"), dropped(), text(200, "picture"));
        Picture picture = client.draw(REQUEST).picture();
        Path file = folder.resolve("a.png");

        assertThat(picture.save(file)).hasContent("picture");
        assertThat(server.calls("GET /a.png"))
                .hasSize(3)
                .allSatisfy(call -> assertThat(call.headers())
                        .as("the key is for the worker alone")
                        .doesNotContainKey("Authorization"));

        server.on("GET /a.png", text(404, ""));
        assertThatThrownBy(() -> picture.save(folder.resolve("b.png")))
                .hasMessage("the picture cannot be downloaded: HTTP 404 from localhost");
        try (var files = Files.list(folder)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void aJobIsFoundAgainAndRetried() throws InterruptedException {
        server.on("GET /status/1", json(RUNNING)).on("POST /retry/1", json(QUEUED));

        assertThat(client.job("1").await().pictures()).hasSize(1);
        assertThat(client.retry("1").await().pictures()).hasSize(1);
        server.on("POST /retry/1", text(409, "{\"error\": \"the job has not failed\"}"));
        assertThatThrownBy(() -> client.retry("1")).hasMessage("the job has not failed");
        assertThatThrownBy(() -> client.job("../health")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost:8000", "ftp://localhost", "http://user@localhost", "http://localhost?a=b", "/v2"})
    void anAddressMustBeOne(String address) {
        assertThatThrownBy(() -> DarkroomClient.at(address))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("address: ");
    }
}
