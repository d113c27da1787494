package dev.darkroom;

import static dev.darkroom.Caller.file;
import static dev.darkroom.Caller.post;
import static dev.darkroom.Caller.runsync;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.video.FrameArchive;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Animations of the whole worker, from the job to the file. */
@QuarkusTest
class AnimationTest extends WholeWorker {
    private static final String SMALL =
            "'type': 'animation', 'prompt': 'a red circle', 'seed': 7, 'size': '64x64', 'num_inference_steps': 1, ";

    private static JsonPath animation(String fields) {
        JsonPath answer = runsync(SMALL + fields);
        assertThat(answer.getString("status")).as(answer.prettify()).isEqualTo("COMPLETED");
        return answer;
    }

    @ParameterizedTest
    @CsvSource({"mp4, ftyp, video", "webm, webm,", "gif, GIF89a, animation", "webp, WEBP, animation", "zip, PK, picture"
    })
    void aPictureThatMovesComesInEveryFormatAndSaysWhatItIs(String format, String inside, @Nullable String shown) {
        JsonPath answer = animation("'max_frames': 4, 'zoom': '0:(1.04)', 'fps': 8, 'output_format': '" + format + "'");

        assertThat(answer.getString("output.images[0].format")).isEqualTo(format);
        assertThat(answer.getInt("output.images[0].frames")).isEqualTo(4);
        assertThat(answer.getDouble("output.images[0].fps")).isEqualTo(8);
        assertThat(answer.getInt("output.images[0].width")).isEqualTo(64);
        byte[] file = file(answer);
        assertThat(new String(file, 0, 64, StandardCharsets.ISO_8859_1)).contains(inside);
        assertThat(answer.getString("output.images[0].provenance.label")).isEqualTo("trainedAlgorithmicMedia");
        assertThat(answer.getBoolean("output.images[0].provenance.mark")).isFalse(); // for frames so small
        assertThat(answer.getBoolean("output.images[0].provenance.credentials")).isEqualTo(shown != null);
        if (shown == null) {
            assertThat(answer.getList("output.notes", String.class))
                    .anyMatch(note -> note.contains("webm has no place"));
            return;
        }
        byte[] sent = format.equals("zip") ? FrameArchive.first(file).orElseThrow() : file;
        JsonPath said = given().multiPart("file", "film", sent).post("/verify").jsonPath();
        assertThat(said.getBoolean("credentials.valid")).as(said.prettify()).isTrue();
        assertThat(said.getString("credentials.model")).startsWith("pocket-flux");
        assertThat(said.getString("verdict")).startsWith("A model made this " + shown);
        assertThat(said.getString("label")).isEqualTo("trainedAlgorithmicMedia");
        if (!shown.equals("picture")) {
            assertThat(said.getString("mark.fault")).contains("send a frame of the " + shown);
        }
    }

    @Test
    void theSameSeedGivesTheSameFile() {
        String fields = "'max_frames': 3, 'preset': 'smooth'";
        assertThat(file(animation(fields))).isEqualTo(file(animation(fields)));
    }

    @Test
    void aWholeFileOfSettingsIsTaken() {
        JsonPath answer = runsync(
                "'type': 'animation', 'num_inference_steps': 1, 'settings': {'W': 64, 'H': 64, 'seed': 5, 'max_frames': 3,"
                        + " 'animation_mode': '2D', 'zoom': '0:(1.02)', 'sampler': 'Euler a', 'prompts': {'0': 'a red circle', '2': 'a blue square'}}");

        assertThat(answer.getString("status")).as(answer.prettify()).isEqualTo("COMPLETED");
        assertThat(answer.getInt("output.images[0].frames")).isEqualTo(3);
        assertThat(answer.getInt("output.images[0].width")).isEqualTo(64);
        assertThat(answer.getLong("output.seed")).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "'max_frames': 3, 'zoom': '0:(1.04), 2(3)' | zoom",
                "'max_frames': 3, 'zoom': '0:(foo(t))' | zoom",
                "'max_frames': 0 | max_frames",
                "'max_frames': 3, 'output_format': 'png' | output_format: must be mp4",
                "'max_frames': 3, 'strength': 0.5 | strength: of an animation is strength_schedule",
                "'max_frames': 3, 'settings': {'zoomm': '0:(1)'} | zoomm",
                "'max_frames': 3, 'settings': {'fps': 'fast'} | settings.fps: must be a number, not",
                "'max_frames': 3, 'settings': {'zoom': [1]} | settings.zoom: must be a text, a number or a flag",
                "'max_frames': 3, 'animation_mode': 'Video Input' | animation_mode"
            })
    void whatCannotBeDrawnIsRefusedByItsName(String fields, String error) {
        JsonPath answer = post("/runsync", SMALL + fields).jsonPath();

        assertThat(answer.getString("error")).contains(error);
    }

    @Test
    void picturesHaveNoFrames() {
        assertThat(post("/runsync", "'prompt': 'a', 'zoom': '0:(1)'").jsonPath().getString("error"))
                .contains("zoom: is of an animation alone: send type=animation");
        assertThat(post("/runsync", "'prompt': 'a', 'output_format': 'mp4'")
                        .jsonPath()
                        .getString("error"))
                .contains("output_format: must be png, jpeg or webp for pictures");
    }
}
