package dev.darkroom;

import static dev.darkroom.Caller.file;
import static dev.darkroom.Caller.post;
import static dev.darkroom.Caller.runsync;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.image.Inscription;
import dev.darkroom.image.PictureDecoder;
import dev.darkroom.image.PictureEncoder;
import dev.darkroom.image.manifest.EmbeddedManifest;
import dev.darkroom.job.ImageFormat;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures of the whole worker say where they come from, and the worker reads that off any file. */
@QuarkusTest
class VerifyTest extends WholeWorker {
    private static final String SMALL = "'seed': 7, 'size': '128x96', 'num_inference_steps': 1, ";

    private static Response verify(String json) {
        return given().contentType(ContentType.JSON).body(json).post("/verify");
    }

    private static Response send(byte[] file) {
        return given().multiPart("file", "picture", file).post("/verify");
    }

    private static JsonPath ok(Response answer) {
        return answer.then().statusCode(200).extract().jsonPath();
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpeg", "webp"})
    void aPictureFromNoiseSaysSo(String format) {
        JsonPath answer = runsync(SMALL + "'prompt': 'a red circle', 'output_format': '" + format + "'");
        assertThat(answer.getBoolean("output.images[0].provenance.credentials")).isTrue();
        assertThat(answer.getString("output.images[0].provenance.label")).isEqualTo("trainedAlgorithmicMedia");

        JsonPath said = ok(send(file(answer)));
        assertThat(said.getBoolean("credentials.present")).isTrue();
        assertThat(said.getBoolean("credentials.valid")).as(said.prettify()).isTrue();
        assertThat(said.getBoolean("credentials.trusted")).isFalse();
        assertThat(said.getString("credentials.generator")).isEqualTo("Darkroom 0.1.0");
        assertThat(said.getString("credentials.model")).startsWith("pocket-flux");
        assertThat(said.getList("credentials.ingredients")).isEmpty();
        assertThat(said.getString("label")).isEqualTo("trainedAlgorithmicMedia");
        assertThat(said.getString("verdict"))
                .startsWith("A model made this picture")
                .contains("on no trust list");
    }

    @Test
    void theFileIsNamedAsSourceImagesAre() {
        JsonPath drawn = runsync(SMALL + "'prompt': 'a red circle'");
        String url = drawn.getString("output.images[0].url");
        String base64 = Base64.getEncoder().encodeToString(file(drawn));

        for (String named : List.of(base64, "data:image/png;base64," + base64, url)) {
            assertThat(ok(verify("{\"file\": \"" + named + "\"}")).getBoolean("credentials.valid"))
                    .isTrue();
        }
        JsonPath plain = ok(verify("{\"file\": \"images/house.png\"}"));
        assertThat(plain.getBoolean("credentials.present")).isFalse();
        assertThat(plain.getString("verdict")).startsWith("Nothing in this file says");
    }

    @Test
    void theMarkInThePixelsOutlivesTheFile() throws IOException {
        JsonPath drawn = runsync("'seed': 7, 'size': '256x256', 'num_inference_steps': 2, 'prompt': 'a red circle'");
        assertThat(drawn.getBoolean("output.images[0].provenance.mark")).isTrue();
        String payload = ok(send(file(drawn))).getString("mark.payload");
        assertThat(payload).matches("1[0-9a-f]{15}");

        byte[] again =
                PictureEncoder.encode(PictureDecoder.decodeOwn(file(drawn)), ImageFormat.JPEG, 75, Inscription.NONE);
        JsonPath said = ok(send(again));

        assertThat(said.getBoolean("credentials.present")).isFalse();
        assertThat(said.getBoolean("mark.found")).isTrue();
        assertThat(said.getString("mark.payload")).isEqualTo(payload);
        assertThat(said.getDouble("mark.confidence")).isBetween(0.1, 1.0);
        assertThat(said.getString("verdict")).contains("a mark in the pixels says that a model made this picture");

        JsonPath edited = runsync("'prompt': 'make it blue', 'seed': 7, 'num_inference_steps': 1, 'image': '"
                + Base64.getEncoder().encodeToString(again) + "'");
        assertThat(edited.getList("output.notes", String.class))
                .contains("image: a mark in its pixels says that a model made it (" + payload + ")");
    }

    @Test
    void aPictureThatIsTooSmallIsNotMarkedAndSaysSo() {
        JsonPath drawn = runsync(SMALL + "'prompt': 'a red circle'");

        assertThat(drawn.getBoolean("output.images[0].provenance.mark")).isFalse();
        JsonPath said = ok(send(file(drawn)));
        assertThat(said.getBoolean("mark.found")).isFalse();
        assertThat(said.getDouble("mark.confidence")).isZero();
    }

    @Test
    void modelsTellTheirLicences() {
        assertThat(given().get("/models").jsonPath().getString("models[0].license.commercial_use"))
                .isEqualTo(runsync(SMALL + "'prompt': 'a red circle'").getString("output.license.commercial_use"))
                .isIn("yes", "no", "conditions", "unknown");
    }

    @Test
    void theSameSeedGivesTheSameBytes() {
        assertThat(file(runsync(SMALL + "'prompt': 'a red circle'")))
                .isEqualTo(file(runsync(SMALL + "'prompt': 'a red circle'")));
    }

    @Test
    void parametersMayBeLeftOutButNotTheLabel() {
        byte[] file = file(runsync(SMALL + "'prompt': 'a very red circle', 'strip_metadata': true"));

        assertThat(new String(file, StandardCharsets.ISO_8859_1)).doesNotContain("a very red circle");
        JsonPath said = ok(send(file));
        assertThat(said.getBoolean("credentials.valid")).isTrue();
        assertThat(said.getString("label")).isEqualTo("trainedAlgorithmicMedia");
    }

    @Test
    void anEditNamesWhatItWasMadeFrom() {
        String url = runsync(SMALL + "'prompt': 'a red circle'").getString("output.images[0].url");
        JsonPath edited =
                runsync("'prompt': 'make it blue', 'seed': 7, 'num_inference_steps': 1, 'image': '" + url + "'");

        assertThat(edited.getList("output.notes", String.class))
                .anyMatch(note -> note.startsWith("image: it has content credentials of Darkroom worker"))
                .contains("image: it is labelled as trainedAlgorithmicMedia");
        JsonPath said = ok(send(file(edited)));
        assertThat(said.getBoolean("credentials.valid")).as(said.prettify()).isTrue();
        assertThat(said.getString("credentials.source_type")).isEqualTo("compositeWithTrainedAlgorithmicMedia");
        assertThat(said.getString("credentials.ingredients[0].relationship")).isEqualTo("parentOf");
        assertThat(said.getBoolean("credentials.ingredients[0].valid")).isTrue();
    }

    @Test
    void aDamagedManifestDoesNotKeepThePictureFromBeingUsed() {
        byte[] source = file(runsync(SMALL + "'prompt': 'a red circle'"));
        source[EmbeddedManifest.find(source).orElseThrow().start() + 9] ^= 0x40;
        JsonPath edited = runsync("'prompt': 'make it blue', 'seed': 7, 'num_inference_steps': 1, 'image': '"
                + Base64.getEncoder().encodeToString(source) + "'");

        assertThat(edited.getList("output.notes", String.class))
                .anyMatch(note -> note.contains("do not go on with the new picture"));
        assertThat(ok(send(file(edited))).getBoolean("credentials.valid")).isTrue();
    }

    @Test
    void aChangedPictureIsFound() {
        byte[] file = file(runsync(SMALL + "'prompt': 'a red circle'"));
        file[file.length - 30] ^= 1;

        JsonPath said = ok(send(file));
        assertThat(said.getBoolean("credentials.valid")).isFalse();
        assertThat(said.getString("credentials.faults[0].code")).isEqualTo("assertion.dataHash.mismatch");
        assertThat(said.getString("verdict")).contains("the file was changed after it was signed");
    }

    @Test
    void jobsDoNotChooseUnlessTheyMay() {
        JsonPath answer = post("/runsync", "'prompt': 'a', 'provenance': 'off'").jsonPath();

        assertThat(answer.getString("error"))
                .startsWith("provenance: must be full")
                .contains("PER_REQUEST");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | file: must be a text",
                "{\"file\": 1} | file: must be a text",
                "{\"file\": \"aGVsbG8=\"} | file: must be a PNG, JPEG, WebP, GIF or MP4 file",
                "{\"file\": \"http://127.0.0.1:1/x.png\"} | file: must be at a public address",
                "{\"file\": \"images/house.png\", \"image\": \"x\"} | image: is no field of this call",
                "[] | file: must be a text",
                "hello | the body must be a form with a part file, or JSON with a field file"
            })
    void whatIsNoFileIsRefused(String body, String error) {
        Response answer = verify(body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.jsonPath().getString("error")).contains(error);
    }

    @Test
    void aFormHasOneFile() {
        Response other = given().multiPart("image", "x.png", new byte[] {1}).post("/verify");
        Response two = given().multiPart("file", "x.png", new byte[] {1})
                .multiPart("file", "y.png", new byte[] {1})
                .post("/verify");

        assertThat(other.statusCode()).isEqualTo(400);
        assertThat(other.jsonPath().getString("error"))
                .contains("image: is no field of this call")
                .contains("file: must be there once");
        assertThat(two.statusCode()).isEqualTo(400);
    }
}
