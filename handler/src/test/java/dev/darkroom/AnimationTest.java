package dev.darkroom;

import static dev.darkroom.Caller.file;
import static dev.darkroom.Caller.post;
import static dev.darkroom.Caller.runsync;
import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Stream;
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
    @CsvSource({"mp4, ftyp", "webm, webm", "gif, GIF89a", "webp, WEBP", "zip, PK"})
    void aPictureThatMovesComesInEveryFormat(String format, String inside) {
        JsonPath answer = animation("'max_frames': 4, 'zoom': '0:(1.04)', 'fps': 8, 'output_format': '" + format + "'");

        assertThat(answer.getString("output.images[0].format")).isEqualTo(format);
        assertThat(answer.getInt("output.images[0].frames")).isEqualTo(4);
        assertThat(answer.getDouble("output.images[0].fps")).isEqualTo(8);
        assertThat(answer.getInt("output.images[0].width")).isEqualTo(64);
        byte[] file = file(answer);
        assertThat(new String(file, 0, 64, StandardCharsets.ISO_8859_1)).contains(inside);
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

    @Test
    void aFilmIsDrawnFromAnother() throws IOException {
        String film = Base64.getEncoder().encodeToString(file(animation("'max_frames': 4, 'zoom': '0:(1.04)'")));

        JsonPath answer =
                animation("'animation_mode': 'Video Input', 'strength_schedule': '0.5', 'video': '" + film + "'");

        assertThat(answer.getInt("output.images[0].frames")).isEqualTo(4);
        assertThat(answer.getString("output.notes")).isNull();
        try (Stream<Path> left = Files.list(Path.of("target", "test-data", "films"))) {
            assertThat(left).isEmpty();
        }
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
                "'max_frames': 3, 'animation_mode': 'Video Input' | animation_mode: Video Input needs the job's video",
                "'animation_mode': 'Video Input', 'video': 'aGVsbG8=' | video: must be an MP4, MOV, WebM, Matroska, GIF or AVI video",
                "'animation_mode': 'Video Input', 'video': 'http://10.0.0.1/a.mp4' | video: ",
                "'animation_mode': 'Video Input', 'video': '/etc/passwd' | video: must be a readable file below one of the folders",
                "'max_frames': 2, 'mask': 'aGVsbG8=' | mask: needs an image"
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
