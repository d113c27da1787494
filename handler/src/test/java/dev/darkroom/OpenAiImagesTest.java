package dev.darkroom;

import static dev.darkroom.Caller.file;
import static dev.darkroom.Caller.runsync;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.Picture;
import dev.darkroom.queue.JobJson;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** OpenAI's images API before the whole worker: its pictures are those of the other doors, byte for byte. */
@QuarkusTest
class OpenAiImagesTest extends WholeWorker {
    private static final Path HOUSE = Path.of(System.getProperty("darkroom.home"), "test-payloads/images/house.png");

    @Test
    void theSameSeedGivesTheSameBytesThroughEachDoor() {
        byte[] expected = file(runsync("'prompt': 'a red circle', 'seed': 7, 'size': '128x96'"));

        JsonPath answer =
                ok(generate("{'prompt': 'a red circle', 'seed': 7, 'size': '128x96', 'model': 'pocket-flux'}"));
        assertThat(bytes(answer.getString("data[0].b64_json"))).isEqualTo(expected);
        assertThat(answer.getString("size")).isEqualTo("128x96");
        assertThat(answer.getString("model")).isEqualTo("pocket-flux");
        assertThat(answer.getInt("usage.output_tokens")).isEqualTo(8 * 6);
    }

    @Test
    void anEditIsTheOneOfTheOtherDoors() {
        byte[] expected = file(runsync("'prompt': 'make it night', 'image': 'images/house.png', 'seed': 7"));

        JsonPath answer = ok(given().multiPart("image[]", HOUSE.toFile())
                .multiPart("prompt", "make it night")
                .multiPart("seed", "7")
                .post("/v1/images/edits"));
        assertThat(bytes(answer.getString("data[0].b64_json"))).isEqualTo(expected);
        assertThat(answer.getString("model")).isEqualTo("pocket-qwen-edit");
    }

    @Test
    void aStreamShowsTheWorkInProgress() throws IOException {
        byte[] expected = file(runsync("'prompt': 'a red circle', 'seed': 7"));

        List<JsonPath> events = generate("{'prompt': 'a red circle', 'seed': 7, 'stream': true, 'partial_images': 2}")
                .then()
                .statusCode(200)
                .extract()
                .asString()
                .lines()
                .filter(line -> line.startsWith("data: "))
                .map(line -> JsonPath.from(line.substring(6)))
                .toList();
        JsonPath last = events.getLast();
        assertThat(last.getString("type")).isEqualTo("image_generation.completed");
        assertThat(bytes(last.getString("b64_json"))).isEqualTo(expected);
        for (JsonPath partial : events.subList(0, events.size() - 1)) {
            assertThat(partial.getString("type")).isEqualTo("image_generation.partial_image");
            Picture shown = Caller.read(bytes(partial.getString("b64_json")));
            assertThat(partial.getString("size")).isEqualTo(shown.size().toString());
        }
        assertThat(events).hasSizeBetween(2, 3);
    }

    @Test
    void modelsAreListedAndOthersAreNotFound() {
        JsonPath list = ok(given().get("/v1/models"));
        assertThat(list.getList("data.id", String.class)).containsExactly("pocket-flux", "pocket-qwen-edit");
        assertThat(list.getString("data[0].object")).isEqualTo("model");
        assertThat(ok(given().get("/v1/models/pocket-flux")).getInt("created")).isPositive();

        Response refused = generate("{'prompt': 'a', 'model': 'gpt-image-1'}");
        assertThat(refused.statusCode()).isEqualTo(404);
        assertThat(refused.jsonPath().getString("error.code")).isEqualTo("model_not_found");
        assertThat(refused.jsonPath().getString("error.param")).isEqualTo("model");
        assertThat(refused.jsonPath().getString("error.message")).contains("pocket-flux, pocket-qwen-edit");
    }

    @Test
    void aPictureInJsonIsReadAsElsewhere() throws IOException {
        String data = "data:image/png;base64," + Base64.getEncoder().encodeToString(Files.readAllBytes(HOUSE));
        String body = JobJson.object()
                .put("prompt", "make it night")
                .put("seed", 7)
                .put("response_format", "url")
                .set("images", JobJson.read(("[{\"image_url\": \"" + data + "\"}]").getBytes(StandardCharsets.UTF_8)))
                .toString();

        JsonPath answer = ok(given().contentType(ContentType.JSON).body(body).post("/v1/images/edits"));
        assertThat(Caller.at(answer.getString("data[0].url")).rgb())
                .isEqualTo(
                        Caller.read(file(runsync("'prompt': 'make it night', 'image': 'images/house.png', 'seed': 7")))
                                .rgb());
    }

    private static Response generate(String fields) {
        return given().contentType(ContentType.JSON)
                .body(fields.replace('\'', '"'))
                .post("/v1/images/generations");
    }

    private static JsonPath ok(Response response) {
        assertThat(response.statusCode()).as(response.asString()).isEqualTo(200);
        return response.jsonPath();
    }

    private static byte[] bytes(String base64) {
        return Base64.getDecoder().decode(base64);
    }
}
