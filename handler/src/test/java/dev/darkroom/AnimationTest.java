package dev.darkroom;

import static dev.darkroom.Caller.await;
import static dev.darkroom.Caller.awaitEnd;
import static dev.darkroom.Caller.awaitReady;
import static dev.darkroom.Caller.cancel;
import static dev.darkroom.Caller.file;
import static dev.darkroom.Caller.post;
import static dev.darkroom.Caller.runsync;
import static dev.darkroom.Caller.status;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.video.FrameArchive;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Animations of the whole worker, from the job to the file. */
@QuarkusTest
class AnimationTest extends WholeWorker {
    @Inject
    WorkerConfig config;

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

    @Test
    void aFilmIsDrawnFromAnother() throws IOException {
        String film = Base64.getEncoder().encodeToString(file(animation("'max_frames': 4, 'zoom': '0:(1.04)'")));

        JsonPath answer =
                animation("'animation_mode': 'Video Input', 'strength_schedule': '0.5', 'video': '" + film + "'");

        assertThat(answer.getInt("output.images[0].frames")).isEqualTo(4);
        assertThat(answer.getList("output.notes", String.class))
                .anyMatch(note -> note.startsWith("video: it has content credentials of Darkroom"));
        assertThat(answer.getString("output.images[0].provenance.label"))
                .isEqualTo("compositeWithTrainedAlgorithmicMedia");
        try (Stream<Path> left = Files.list(Path.of("target", "test-data", "films"))) {
            assertThat(left).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"url", "base64"})
    void aPosterStandsBesideTheFilmMarkedAndLabelledAsPicturesAre(String way) {
        JsonPath answer = runsync("'type': 'animation', 'prompt': 'a red circle', 'seed': 7, 'size': '256x256',"
                + " 'num_inference_steps': 1, 'max_frames': 2, 'poster': 1, 'return': '" + way + "'");
        String poster = "output.images[0].poster.";

        assertThat(answer.getString(poster + "format")).isEqualTo("jpeg");
        assertThat(answer.getInt(poster + "width")).isEqualTo(256);
        assertThat(answer.getBoolean(poster + "provenance.mark")).isTrue();
        assertThat(answer.getBoolean(poster + "provenance.credentials")).isTrue();
        assertThat(answer.getString(poster + "seed")).isNull();
        Picture picture = way.equals("url")
                ? Caller.at(answer.getString(poster + "url"))
                : Caller.read(Base64.getDecoder().decode(answer.getString(poster + "image")));
        assertThat(picture.size()).isEqualTo(new Size(256, 256));
        assertThat(answer.getInt("output.images.size()")).isEqualTo(1);
    }

    @Test
    void aCancelledJobEndsWithTheFilmOfItsFramesSoFarIfItIsToKeepThem() throws InterruptedException, IOException {
        String id = begun("'keep_on_cancel': true, 'poster': 'last'");

        assertThat(cancel(id).getString("status"))
                .as("until the film is stored")
                .isIn("IN_PROGRESS", "CANCELLED");
        JsonPath end = awaitEnd(id);

        assertThat(end.getString("status")).as(end.prettify()).isEqualTo("CANCELLED");
        assertThat(end.getString("error")).isNull();
        int frames = end.getInt("output.images[0].frames");
        assertThat(frames).isBetween(1, 999);
        assertThat(end.getList("output.notes", String.class))
                .contains("the job was cancelled: the film has its first " + frames + " of 1000 frames");
        assertThat(new String(file(end), 0, 64, StandardCharsets.ISO_8859_1)).contains("ftyp");
        assertThat(Caller.at(end.getString("output.images[0].poster.url")).size())
                .isEqualTo(new Size(64, 64));
        assertThat(given().get("/events/" + id).asString()).contains(".mp4").contains("CANCELLED");
        assertNoFramesAreLeft();
    }

    @Test
    void aCancelledJobThatKeepsNothingLeavesNothing() throws InterruptedException, IOException {
        String id = begun("'poster': 'last'");

        assertThat(cancel(id).getString("status")).isEqualTo("CANCELLED");

        awaitReady();
        assertThat(status(id).getString("output")).isNull();
        assertNoFramesAreLeft();
    }

    /** The id of a job of which some frames are drawn. */
    private static String begun(String fields) throws InterruptedException {
        String id =
                post("/run", SMALL + "'max_frames': 1000, " + fields).jsonPath().getString("id");
        await(id, status -> status.get("output.value") != null && status.getInt("output.value") > 4);
        return id;
    }

    private void assertNoFramesAreLeft() throws IOException {
        try (Stream<Path> files = Files.list(config.data().resolve("frames"))) {
            assertThat(files).isEmpty();
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
                "'max_frames': 3, 'poster': 3 | poster: must be from 0 to 2, not 3",
                "'max_frames': 3, 'poster': 'best' | poster: must be first, middle, last or the number of a frame, not",
                "'max_frames': 3, 'poster': [1] | poster: must be first",
                "'max_frames': 3, 'keep_on_cancel': 'maybe' | keep_on_cancel",
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
