package dev.darkroom;

import static dev.darkroom.Caller.awaitEnd;
import static dev.darkroom.Caller.body;
import static dev.darkroom.Caller.pictures;
import static dev.darkroom.Caller.runsync;
import static dev.darkroom.Colours.assertNear;
import static dev.darkroom.Colours.mean;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.Picture;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.net.URI;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** How callers bring a picture of their own: as a file of a form, or as what an earlier job was answered with. */
@QuarkusTest
class OwnPicturesTest extends WholeWorker {
    private static final Path IMAGES = Path.of(System.getProperty("darkroom.home"), "test-payloads/images");
    private static final String EDIT = "make the circle blue";

    @Test
    void aFileOfAFormIsEditedAsTheSamePathIs() throws InterruptedException {
        Picture byPath = edit("images/red-circle.png");

        JsonPath waited = given().multiPart(
                        "image", IMAGES.resolve("red-circle.png").toFile())
                .multiPart("prompt", EDIT)
                .multiPart("seed", "7")
                .post("/runsync")
                .then()
                .statusCode(200)
                .extract()
                .jsonPath();
        assertThat(waited.getString("status")).as(waited.prettify()).isEqualTo("COMPLETED");
        assertThat(pictures(waited).getFirst().rgb()).isEqualTo(byPath.rgb());

        String id = given().multiPart("images", IMAGES.resolve("red-circle.png").toFile())
                .multiPart("input", "{\"prompt\": \"" + EDIT + "\", \"seed\": 7}")
                .post("/run")
                .jsonPath()
                .getString("id");
        assertThat(pictures(awaitEnd(id)).getFirst().rgb()).isEqualTo(byPath.rgb());
    }

    @Test
    void anAnswersAddressIsAnImage() {
        JsonPath drawn = runsync("'prompt': 'a red circle on a white background', 'seed': 7");
        String url = drawn.getString("output.images[0].url");

        Picture edited = edit(url);

        assertNear(mean(edited, 56, 56, 16, 16), 60, 38, 84, 214);
        assertThat(edit(URI.create(url).getPath()).rgb()).isEqualTo(edited.rgb());
    }

    @Test
    void anAnswerThatIsGoneIsNamed() {
        JsonPath answer = given().body(body(
                        "'prompt': 'a', 'image': 'http://localhost:8000/results/0123456789abcdef0123456789abcdef.png'"))
                .post("/runsync")
                .jsonPath();

        assertThat(answer.getString("status")).isEqualTo("FAILED");
        assertThat(answer.getString("error")).startsWith("image: this worker has no such result");
        assertThat(answer.getString("error_type")).isEqualTo("BAD_INPUT");
    }

    private static Picture edit(String image) {
        return pictures(runsync("'image': '" + image + "', 'prompt': '" + EDIT + "', 'seed': 7"))
                .getFirst();
    }
}
