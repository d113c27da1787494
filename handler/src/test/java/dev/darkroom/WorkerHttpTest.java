package dev.darkroom;

import static dev.darkroom.Caller.await;
import static dev.darkroom.Caller.awaitEnd;
import static dev.darkroom.Caller.awaitReady;
import static dev.darkroom.Caller.body;
import static dev.darkroom.Caller.cancel;
import static dev.darkroom.Caller.file;
import static dev.darkroom.Caller.get;
import static dev.darkroom.Caller.picture;
import static dev.darkroom.Caller.post;
import static dev.darkroom.Caller.read;
import static dev.darkroom.Caller.runsync;
import static dev.darkroom.Caller.status;
import static dev.darkroom.Colours.assertNear;
import static dev.darkroom.Colours.brightness;
import static dev.darkroom.Colours.mean;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.notNullValue;

import dev.darkroom.job.Picture;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole worker over HTTP, with the embedded checkpoint: the pictures show what was asked, and every job comes to its end. */
@QuarkusTest
class WorkerHttpTest extends WholeWorker {
    private static final int SEEDS = 5;
    private static final int CAPACITY = 100;
    private static final String LONG_JOB = "'prompt': 'a green forest', 'num_inference_steps': 200, 'num_outputs': 4";

    @Inject
    WorkerConfig config;

    @ParameterizedTest
    @CsvSource({
        "a red circle on a white background, 220, 32, 36, 255, 255, 255",
        "a blue square on a white background, 38, 84, 214, 255, 255, 255",
        "a green triangle on a white background, 40, 160, 60, 255, 255, 255",
        "a blue square on a yellow background, 38, 84, 214, 250, 215, 40"
    })
    void aShapeHasItsColourAndSoHasItsGround(
            String prompt, int r, int g, int b, int groundR, int groundG, int groundB) {
        for (int seed = 0; seed < SEEDS; seed++) {
            Picture picture = picture(prompt, seed);

            assertNear(mean(picture, 56, 56, 16, 16), 14, r, g, b);
            assertNear(mean(picture, 0, 0, 128, 4), 20, groundR, groundG, groundB);
            assertNear(mean(picture, 0, 124, 128, 4), 20, groundR, groundG, groundB);
            assertNear(mean(picture, 0, 0, 4, 128), 20, groundR, groundG, groundB);
            assertNear(mean(picture, 124, 0, 4, 128), 20, groundR, groundG, groundB);
        }
    }

    /** Listens to a job until its end, and does something once the first event is there. */
    private static String eventsFrom(String id, Runnable heard) {
        var whole = new StringBuilder();
        URI events = URI.create(RestAssured.baseURI + ":" + RestAssured.port + "/events/" + id);
        try (HttpClient client = HttpClient.newHttpClient();
                Stream<String> lines = client.send(
                                HttpRequest.newBuilder(events).build(), HttpResponse.BodyHandlers.ofLines())
                        .body()) {
            lines.forEach(line -> {
                if (whole.isEmpty()) {
                    heard.run();
                }
                whole.append(line).append('\n');
            });
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
        return whole.toString();
    }

    @Test
    void framesOfAnAnimationComeAsPreviews() throws InterruptedException {
        String before = post("/run", LONG_JOB).path("id"); // until somebody listens, no preview comes
        String id = post(
                        "/run",
                        "'type': 'animation', 'prompt': 'a red circle', 'size': '64x64', 'num_inference_steps': 1,"
                                + " 'max_frames': 24, 'previews': 1")
                .path("id");
        String events = eventsFrom(id, () -> cancel(before));

        assertThat(events.lines().filter(line -> line.startsWith("data: {\"type\":\"preview\"")))
                .isNotEmpty()
                .allMatch(
                        line -> JsonPath.from(line.substring("data: ".length())).getInt("max") == 24);
        assertThat(events.indexOf("event: preview")).isLessThan(events.indexOf("event: image"));
    }

    @Test
    void previewsComeBeforeThePictureAndDoNotChangeIt() throws InterruptedException {
        String job = "'prompt': 'a red circle on a white background', 'seed': 3, 'num_inference_steps': 20,"
                + " 'return': 'base64'";
        String alone = runsync(job).getString("output.images[0].image");
        String before = post("/run", LONG_JOB).path("id"); // until somebody listens, no preview comes
        String id = post("/run", job + ", 'previews': 10").path("id");
        String events = eventsFrom(id, () -> cancel(before));

        assertThat(status(id).getString("output.images[0].image")).isEqualTo(alone);
        List<JsonPath> previews = events.lines()
                .filter(line -> line.startsWith("data: {\"type\":\"preview\""))
                .map(line -> JsonPath.from(line.substring("data: ".length())))
                .toList();
        assertThat(previews).isNotEmpty().hasSizeLessThan(11).allSatisfy(preview -> {
            assertThat(preview.getInt("index")).isZero();
            assertThat(preview.getInt("value")).isBetween(2, 18);
            assertThat(preview.getInt("max")).isEqualTo(20);
            Picture picture = read(Base64.getDecoder().decode(preview.getString("image")));
            assertThat(picture.width()).isEqualTo(preview.getInt("width")).isEqualTo(32);
            assertThat(picture.level(16, 16, 0)).as("red").isGreaterThan(picture.level(16, 16, 1) + 60);
        });
        assertThat(events.indexOf("event: preview")).isLessThan(events.indexOf("event: image"));
        assertThat(given().post("/stream/" + id).asString())
                .as("with the picture they are gone")
                .doesNotContain("preview");
    }

    @Test
    void aSunsetGlowsAboveDarkMountains() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Picture picture = picture("a sunset over mountains", seed);
            double[] sky = mean(picture, 0, 32, 128, 32);
            double[] ground = mean(picture, 0, 96, 128, 32);

            assertThat(sky[0])
                    .as("red of the sky, seed %d", seed)
                    .isGreaterThan(160)
                    .isGreaterThan(sky[2] + 60);
            assertThat(brightness(sky)).isGreaterThan(brightness(ground) + 50);
        }
    }

    @Test
    void aSnowyMountainStandsGrayUnderABlueSky() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Picture picture = picture("a snowy mountain", seed);
            double[] sky = mean(picture, 0, 0, 128, 32);
            double[] ground = mean(picture, 0, 80, 128, 48);

            assertThat(sky[2] - sky[0]).as("blue of the sky, seed %d", seed).isGreaterThan(80);
            assertThat(ground[2] - ground[0])
                    .as("gray of the ground, seed %d", seed)
                    .isBetween(-20.0, 65.0);
            assertThat(sky[2]).isGreaterThan(ground[2] + 25);
        }
    }

    @Test
    void aForestIsGreenUnderABlueSky() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Picture picture = picture("a green forest", seed);
            double[] sky = mean(picture, 0, 0, 128, 32);
            double[] ground = mean(picture, 0, 64, 128, 64);

            assertThat(sky[2])
                    .as("blue of the sky, seed %d", seed)
                    .isGreaterThan(190)
                    .isGreaterThan(sky[0] + 60);
            assertThat(ground[1]).as("green of the ground, seed %d", seed).isGreaterThan(ground[0] + 40);
            assertThat(ground[1]).isGreaterThan(ground[2] + 25);
        }
    }

    @Test
    void aBeachIsSandUnderABlueSky() {
        for (int seed = 0; seed < SEEDS; seed++) {
            Picture picture = picture("a beach with a palm tree", seed);
            double[] sky = mean(picture, 0, 0, 128, 32);
            double[] ground = mean(picture, 0, 100, 128, 28);

            assertThat(sky[2]).as("blue of the sky, seed %d", seed).isGreaterThan(sky[0] + 40);
            assertThat(ground[0]).as("yellow of the sand, seed %d", seed).isGreaterThan(200);
            assertThat(ground[0]).isGreaterThan(ground[2] + 50);
        }
    }

    @Test
    void theSameSeedGivesTheSameFile() {
        byte[] first = file(runsync("'prompt': 'a red car on a road', 'seed': 42"));

        assertThat(file(runsync("'prompt': 'a red car on a road', 'seed': 42"))).isEqualTo(first);
        assertThat(file(runsync("'prompt': 'a red car on a road', 'seed': 43"))).isNotEqualTo(first);
        assertThat(file(runsync("'prompt': 'a blue car on a road', 'seed': 42")))
                .isNotEqualTo(first);
    }

    @Test
    void aChosenSeedIsToldAndGivesTheSameFileAgain() {
        JsonPath chosen = runsync("'prompt': 'a red car on a road'");
        long seed = chosen.getLong("output.seed");

        assertThat(chosen.getLong("output.images[0].seed")).isEqualTo(seed);
        assertThat(file(runsync("'prompt': 'a red car on a road', 'seed': " + seed)))
                .isEqualTo(file(chosen));
    }

    @ParameterizedTest
    @CsvSource({
        "png, image/png, png, 89504E470D0A1A0A",
        "jpeg, image/jpeg, jpg, FFD8FF",
        "jpg, image/jpeg, jpg, FFD8FF",
        "webp, image/webp, webp, 52494646"
    })
    void everyFormatIsServedAsWhatItIs(String format, String mediaType, String extension, String magic) {
        JsonPath answer = runsync("'prompt': 'a red circle', 'seed': 1, 'output_format': '" + format + "'");

        assertThat(answer.getString("output.images[0].format")).isEqualTo(format.replace("jpg", "jpeg"));
        assertThat(answer.getString("output.images[0].url")).matches("http://.*/results/[0-9a-f]{32}\\." + extension);
        byte[] file = get(answer)
                .then()
                .statusCode(200)
                .contentType(mediaType)
                .header("X-Content-Type-Options", "nosniff")
                .extract()
                .asByteArray();
        assertThat(java.util.HexFormat.of().withUpperCase().formatHex(file)).startsWith(magic);
        assertThat(read(file).size()).hasToString("128x128");
    }

    @Test
    void anAnswerTellsAllAboutItsPicture() {
        JsonPath answer = runsync("'prompt': 'a snowy mountain', 'seed': 3, 'size': '512x384'");

        assertThat(answer.getString("id")).startsWith("sync-");
        assertThat(answer.getString("output.model")).isEqualTo("pocket-flux");
        assertThat(answer.getInt("output.images[0].width")).isEqualTo(512);
        assertThat(answer.getInt("output.images[0].height")).isEqualTo(384);
        assertThat(answer.getList("output.notes", String.class))
                .containsExactly("generated at 144x96, where this model is at home, and resized to 512x384");
        assertThat(answer.getMap("output.timings")).containsKeys("queue", "encode", "denoise", "decode", "store");
        assertThat(answer.getLong("delayTime")).isNotNegative();
        assertThat(answer.getLong("executionTime")).isNotNegative();
        assertThat(read(file(answer)).size()).hasToString("512x384");
    }

    @Test
    void aPictureCanBeTheStartOfAnother() {
        byte[] start = file(runsync("'prompt': 'a red circle on a white background', 'seed': 1"));
        String image = "data:image/png;base64," + Base64.getEncoder().encodeToString(start);

        JsonPath near =
                runsync("'prompt': 'a blue square on a yellow background', 'seed': 1, 'num_inference_steps': 20,"
                        + " 'strength': 0.05, 'image': '" + image + "'");

        assertNear(mean(read(file(near)), 56, 56, 16, 16), 20, 220, 32, 36);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            'seed': 1                                      | prompt: is missing
            'prompt': 'p', 'width': 20000, 'height': 64    | width: must be from 64 to 4096, not 20000
            'prompt': 'p', 'num_steps': 4                  | num_steps: is no field of this worker
            'prompt': 'p', 'num_inference_steps': 'many'   | num_inference_steps: must be a whole number
            'prompt': 'p', 'model': 'flux-pro'             | model: must be one of pocket-flux, pocket-qwen-edit, not flux-pro
            'prompt': 'p', 'guidance_scale': 3.5           | guidance_scale: this model has no guidance embedding
            'prompt': 'p', 'negative_prompt': 'n'          | negative_prompt: has no effect
            'prompt': 'p', 'image': 'A', 'mask': 'A'       | mask: this model cannot fill
            'prompt': 'p', 'image': '%%%'                  | image: must be base64
            'prompt': 'p', 'image': 'aGVsbG8='             | image: must be a PNG, JPEG, WebP, GIF or BMP picture
            """, quoteCharacter = '`')
    void aFaultyFieldIsNamed(String fields, String message) {
        post("/runsync", fields)
                .then()
                .statusCode(200)
                .body("status", is("FAILED"))
                .body("error", containsString(message))
                .body("error_type", is("BAD_INPUT"))
                .body("id", notNullValue());
    }

    @Test
    void aRefusedJobIsFoundByItsId() {
        String id = post("/run", "'prompt': 7").jsonPath().getString("id");

        given().get("/status/" + id)
                .then()
                .statusCode(200)
                .body("status", is("FAILED"))
                .body("error", containsString("prompt: must be a text"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "null",
                "[]",
                "{\"prompt\": \"a red circle\"}",
                "{\"input\": \"a red circle\"}",
                "{\"input\": {\"prompt\": \"a\", \"prompt\": \"b\"}}",
                "{\"input\": {\"prompt\": \"a\"}} and more"
            })
    void aBodyThatIsNoJobIsABadRequest(String body) {
        for (String path : List.of("/run", "/runsync")) {
            given().contentType(ContentType.JSON)
                    .body(body)
                    .post(path)
                    .then()
                    .statusCode(400)
                    .contentType(ContentType.JSON)
                    .body("error", notNullValue());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/x-www-form-urlencoded",
                "application/x-www-form-urlencoded; charset=UTF-8",
                "text/plain",
                "application/octet-stream",
                "application/json; charset=utf-8"
            })
    void theContentTypeDoesNotMatter(String contentType) throws IOException, InterruptedException {
        HttpResponse<String> answer = send(HttpRequest.newBuilder()
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofString(body("'prompt': 'a red & blue = circle + 100%'"))));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(JsonPath.from(answer.body()).getString("status")).isEqualTo("COMPLETED");
    }

    @Test
    void aRequestWithoutContentTypeOrBodyIsAnsweredToo() throws IOException, InterruptedException {
        HttpResponse<String> answer = send(
                HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.ofString(body("'prompt': 'a red circle'"))));
        assertThat(JsonPath.from(answer.body()).getString("status")).isEqualTo("COMPLETED");

        HttpResponse<String> refusal = send(HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.noBody()));
        assertThat(refusal.statusCode()).isEqualTo(400);
        assertThat(JsonPath.from(refusal.body()).getString("error")).startsWith("input: must be an object");
    }

    @Test
    void aPromptInAnyScriptIsRead() {
        assertThat(runsync("'prompt': 'ein röter Kreis 紅 😀 دائرة', 'seed': 1").getString("status"))
                .isEqualTo("COMPLETED");
    }

    @Test
    void aJobRunsWhileItsCallerAsksForIt() throws InterruptedException {
        JsonPath accepted = post("/run", "'prompt': 'a green forest', 'num_inference_steps': 40, 'seed': 1")
                .jsonPath();
        String id = accepted.getString("id");
        assertThat(accepted.getString("status")).isIn("IN_QUEUE", "IN_PROGRESS");

        JsonPath underWay = await(id, status -> status.get("output") != null);
        assertThat(underWay.getString("status")).isEqualTo("IN_PROGRESS");
        assertThat(underWay.getString("output.type")).isEqualTo("progress");
        assertThat(underWay.getInt("output.value")).isBetween(0, 40);
        assertThat(underWay.getInt("output.max")).isEqualTo(40);
        assertThat(underWay.getDouble("output.percent")).isBetween(0.0, 100.0);

        JsonPath ended = awaitEnd(id);
        assertThat(ended.getString("status")).isEqualTo("COMPLETED");
        assertThat(file(ended)).isNotEmpty();
        assertThat(status(id).getString("output.images[0].url")).isEqualTo(ended.getString("output.images[0].url"));
    }

    @Test
    void aCallerWhoDoesNotWaitLongLearnsHowFarItIs() throws InterruptedException {
        JsonPath answer = given().queryParam("wait", 1)
                .body(body(LONG_JOB))
                .post("/runsync")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();

        String id = answer.getString("id");
        assertThat(answer.getString("status")).isIn("IN_QUEUE", "IN_PROGRESS");
        cancel(id);
        assertThat(awaitEnd(id).getString("status")).isEqualTo("CANCELLED");
    }

    @Test
    void aRunningJobCanBeCancelled() throws InterruptedException {
        String id = post("/run", LONG_JOB).jsonPath().getString("id");
        await(id, status -> status.get("output") != null);

        assertThat(cancel(id).getString("status")).isEqualTo("CANCELLED");

        assertThat(status(id).getString("status")).isEqualTo("CANCELLED");
        assertThat(runsync("'prompt': 'a red circle'").getString("status")).isEqualTo("COMPLETED");
        assertThat(status(id).getString("status")).isEqualTo("CANCELLED");
        awaitReady();
    }

    @Test
    void aWaitingJobCanBeCancelled() throws InterruptedException {
        List<String> ids = IntStream.range(0, 6)
                .mapToObj(i -> post("/run", LONG_JOB).jsonPath().getString("id"))
                .toList();
        await(ids.getFirst(), status -> status.get("output") != null);
        assertThat(status(ids.getLast()).getString("status")).isEqualTo("IN_QUEUE");

        for (String id : ids.reversed()) {
            assertThat(cancel(id).getString("status")).isEqualTo("CANCELLED");
        }

        assertThat(status(ids.getLast()).getMap("")).doesNotContainKey("executionTime");
        awaitReady();
    }

    @Test
    void aJobThatHasEndedStaysAsItIs() {
        JsonPath ended = runsync("'prompt': 'a red circle'");

        assertThat(cancel(ended.getString("id")).getString("status")).isEqualTo("COMPLETED");
        assertThat(file(ended)).isNotEmpty();
    }

    @Test
    void aPictureThatCouldNotBeStoredIsStoredByARetryWhichIsDescribedAsAnyOther() throws Exception {
        Path results = config.data().resolve("results");
        Path aside = config.data().resolve("results-aside");
        Files.createDirectories(results);
        Files.move(results, aside);
        Files.writeString(results, "a file where the folder should be");
        JsonPath failed;
        try {
            failed = post("/runsync", "'prompt': 'a red circle', 'seed': 1, 'return': 'url'")
                    .jsonPath();
        } finally {
            Files.delete(results);
            Files.move(aside, results);
        }
        assertThat(failed.getString("status")).isEqualTo("FAILED");
        assertThat(failed.getString("error_type")).isEqualTo("STORE_FAILED");

        String id = failed.getString("id");
        given().post("/retry/" + id).then().statusCode(200).body("retries", is(1));

        JsonPath ended = awaitEnd(id);
        assertThat(ended.getString("status")).isEqualTo("COMPLETED");
        assertThat(ended.getMap("")).containsKeys("delayTime", "executionTime", "workerId");
        assertThat(ended.getMap("output.timings")).as("nothing is drawn again").doesNotContainKey("denoise");
        assertThat(file(ended)).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "nothing, there is no job",
        "sync-00000000-0000-0000-0000-000000000000, there is no job",
        "a%20b, there is nothing at this address",
        "%3Cscript%3E, there is nothing at this address"
    })
    void anUnknownIdIsNotFound(String id, String error) {
        given().urlEncodingEnabled(false)
                .get("/status/" + id)
                .then()
                .statusCode(404)
                .body("error", containsString(error));
        given().urlEncodingEnabled(false)
                .post("/cancel/" + id)
                .then()
                .statusCode(404)
                .body("error", containsString(error));
    }

    @Test
    void healthIsToldWhoeverAsks() throws InterruptedException {
        awaitReady();

        given().get("/q/health/live").then().statusCode(200).body("status", is("UP"));
        given().get("/q/health/ready")
                .then()
                .statusCode(200)
                .body("status", is("UP"))
                .body("checks.find { it.name == 'worker' }.data.phase", equalTo("READY"));
    }

    @Test
    void aBusyWorkerIsStillReady() throws InterruptedException {
        String id = post("/run", LONG_JOB).jsonPath().getString("id");
        await(id, status -> status.get("output") != null);

        given().get("/ping").then().statusCode(200).body("phase", is("BUSY"));
        given().get("/q/health/ready").then().statusCode(200);

        cancel(id);
        awaitReady();
    }

    @Test
    void aFullQueueAsksToComeBackAndEmptiesWhenItsJobsAreWithdrawn() throws InterruptedException {
        List<String> ids = new ArrayList<>();
        try {
            Response answer = post("/run", LONG_JOB);
            while (answer.statusCode() == 200 && ids.size() <= 2 * CAPACITY) {
                ids.add(answer.jsonPath().getString("id"));
                answer = post("/run", LONG_JOB);
            }
            answer.then()
                    .statusCode(429)
                    .header("Retry-After", notNullValue())
                    .body("error", containsString("the queue is full: at most " + CAPACITY));
            assertThat(ids).hasSizeBetween(CAPACITY, CAPACITY + 10);
            assertThat(status(ids.getLast()).getString("status")).isEqualTo("IN_QUEUE");

            cancel(ids.getLast());
            Response next = post("/run", LONG_JOB);
            assertThat(next.statusCode()).isEqualTo(200);
            ids.add(next.jsonPath().getString("id"));
        } finally {
            ids.reversed().forEach(Caller::cancel);
        }

        assertThat(runsync("'prompt': 'a red circle'").getString("status")).isEqualTo("COMPLETED");
        awaitReady();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0123456789abcdef0123456789abcdef.png",
                "..",
                "%2e%2e",
                "%2e%2e%2fpom.xml",
                "..%2f..%2f..%2fpom.xml",
                "%2e%2e%5cpom.xml",
                "%2fetc%2fpasswd",
                "a%00.png",
                "0123456789abcdef0123456789abcdef.png%00",
                "0123456789abcdef0123456789abcdef.png%0a",
                "0123456789ABCDEF0123456789ABCDEF.png",
                "*.png",
                "%F0%9F%98%80.png",
                "unfinished-1.tmp"
            })
    void otherNamesAreNoResults(String name) {
        given().urlEncodingEnabled(false).get("/results/" + name).then().statusCode(404);
    }

    @Test
    void noJobIsLostAmongMany() throws InterruptedException, ExecutionException {
        int threads = 5;
        int jobs = 2;
        List<Future<List<String>>> submitted = new ArrayList<>();
        try (var pool = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                long seed = 1000L * i;
                submitted.add(pool.submit(() -> IntStream.range(0, jobs)
                        .mapToObj(j -> post("/run", "'prompt': 'a red circle', 'size': '64x64', 'seed': " + (seed + j))
                                .jsonPath()
                                .getString("id"))
                        .toList()));
            }
        }

        List<Long> seeds = new ArrayList<>();
        List<String> urls = new ArrayList<>();
        for (Future<List<String>> ids : submitted) {
            for (String id : ids.get()) {
                JsonPath ended = awaitEnd(id);
                assertThat(ended.getString("status")).isEqualTo("COMPLETED");
                seeds.add(ended.getLong("output.seed"));
                urls.add(ended.getString("output.images[0].url"));
            }
        }
        assertThat(seeds)
                .containsExactlyElementsOf(IntStream.range(0, threads)
                        .boxed()
                        .flatMap(i -> IntStream.range(0, jobs).mapToObj(j -> 1000L * i + j))
                        .toList());
        assertThat(urls).hasSize(threads * jobs).doesNotHaveDuplicates();
    }

    @Test
    void waitingCallersAllGetTheirOwnPicture() throws InterruptedException, ExecutionException {
        String[] colours = {"red", "green", "blue", "black"};
        List<Future<Picture>> pictures = new ArrayList<>();
        try (var pool = Executors.newFixedThreadPool(colours.length)) {
            for (String colour : colours) {
                Callable<Picture> job = () -> picture("a " + colour + " circle on a white background", 2);
                pictures.add(pool.submit(job));
            }
        }

        List<double[]> centres = new ArrayList<>();
        for (Future<Picture> picture : pictures) {
            centres.add(mean(picture.get(), 56, 56, 16, 16));
        }
        assertThat(centres.get(0)[0]).isGreaterThan(centres.get(0)[1] + 80);
        assertThat(centres.get(1)[1]).isGreaterThan(centres.get(1)[0] + 80);
        assertThat(centres.get(2)[2]).isGreaterThan(centres.get(2)[0] + 80);
        assertThat(brightness(centres.get(3))).isLessThan(70);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(
                    request.uri(URI.create("http://localhost:" + RestAssured.port + "/runsync"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }
}
