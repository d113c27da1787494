package dev.darkroom;

import static dev.darkroom.Caller.await;
import static dev.darkroom.Caller.cancel;
import static dev.darkroom.Caller.pictures;
import static dev.darkroom.Caller.post;
import static dev.darkroom.Caller.runsync;
import static dev.darkroom.Caller.status;
import static dev.darkroom.Colours.assertNear;
import static dev.darkroom.Colours.brightness;
import static dev.darkroom.Colours.distance;
import static dev.darkroom.Colours.mean;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import dev.darkroom.image.PilResize;
import dev.darkroom.job.Picture;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Edits over HTTP with the embedded checkpoint: what its card calls reliable happens, for every seed, and what was not asked for stays.
 * Pictures are compared as the model sees them, 128 pixels a side.
 */
@QuarkusTest
class EditsTest extends WholeWorker {
    private static final Path IMAGES = Path.of(System.getProperty("darkroom.home"), "test-payloads/images");

    /** Where an edit may fail with one seed, five must succeed; where it is a matter of arithmetic, two. */
    private static final int MANY = 5;

    private static final int TWO = 2;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            red-circle | make the circle blue                       | 56  56 16 16 |  38  84 214 | 0   0 128  24
            red-circle | turn the circle green                      | 56  56 16 16 |  40 160  60 | 0 104 128  24
            car        | make the car blue                          | 30  80 60  8 |  38  84 214 | 0   0 128  40
            apple      | make the apple yellow                      | 60  80 30 14 | 250 215  40 | 0   0 128  24
            house      | make the roof green                        | 50  46 30 12 |  40 160  60 | 0 104 128  24
            house      | change the color of the roof to blue       | 50  46 30 12 |  38  84 214 | 0   0  60  20
            cat        | make the cat black                         | 50 100 30 20 |  20  20  20 | 0   0 128  16
            """)
    void theObjectThatIsNamedChangesItsColourAndAllElseStays(
            String image, String prompt, String object, String colour, String untouched) throws IOException {
        Part changed = Part.of(object);
        Part kept = Part.of(untouched);
        int[] wanted = numbers(colour);

        for (Picture edit : edits(image, prompt, MANY)) {
            assertNear(changed.mean(edit), 45, wanted[0], wanted[1], wanted[2]);
            assertThat(kept.distance(edit, seen(image, edit)))
                    .as("what was not named")
                    .isLessThan(5);
        }
    }

    @ParameterizedTest
    @CsvSource({"green, 40, 160, 60", "black, 20, 20, 20", "yellow, 250, 215, 40"})
    void theBackgroundChangesAroundTheShape(String colour, int red, int green, int blue) {
        for (Picture edit : edits("red-circle", "change the background to " + colour, MANY)) {
            for (Part side : List.of(
                    new Part(0, 0, 128, 8),
                    new Part(0, 120, 128, 8),
                    new Part(0, 0, 8, 128),
                    new Part(120, 0, 8, 128))) {
                assertNear(side.mean(edit), 14, red, green, blue);
            }
            assertNear(mean(edit, 56, 56, 16, 16), 8, 220, 32, 36);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"house", "lake-wide"})
    void nightIsDarkAndItsSkyIsBlue(String image) throws IOException {
        for (Picture edit : edits(image, "make it night", MANY)) {
            double[] sky = mean(edit, 0, 0, edit.width(), edit.height() / 4);
            double[] day = mean(seen(image, edit), 0, 0, edit.width(), edit.height() / 4);

            assertThat(brightness(sky)).isLessThan(50).isLessThan(brightness(day) - 100);
            assertThat(sky[2]).isGreaterThan(sky[0] + 20).isGreaterThan(sky[1] + 20);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"house", "beach"})
    void aSunsetIsDarkerAndItsSkyIsRed(String image) throws IOException {
        for (Picture edit : edits(image, "make it a sunset", MANY)) {
            double[] sky = mean(edit, 0, 32, 128, 24);
            double[] day = mean(seen(image, edit), 0, 32, 128, 24);

            assertThat(day[2]).isGreaterThan(day[0]);
            assertThat(sky[0]).isGreaterThan(sky[2] + 40);
            assertThat(brightness(sky)).isLessThan(brightness(day) - 30);
        }
    }

    @Test
    void whereTheOnlyShapeIsRemovedTheGroundIsLeft() {
        for (Picture edit : edits("red-circle", "remove the circle", MANY)) {
            assertThat(Colours.share(edit, 24, 255, 255, 255))
                    .as("share of white")
                    .isGreaterThan(0.97);
        }
    }

    @ParameterizedTest
    @CsvSource({"red-circle, 2", "house, 6", "apple, 6", "car, 8", "balloon, 8"})
    void whatIsToStayUnchangedStays(String image, double levels) throws IOException {
        for (Picture edit : edits(image, "keep it unchanged", TWO)) {
            assertThat(distance(edit, seen(image, edit), 0, 0, edit.width(), edit.height()))
                    .isLessThan(levels);
        }
    }

    @ParameterizedTest
    @CsvSource({"251, 187", "187, 251", "333, 211"})
    void anEditInTheFrameOfItsPictureNeitherShiftsNorZooms(int width, int height) {
        Disc before = new Disc(width, height);

        List<Picture> edits = pictures(runsync("'prompt': 'make the circle blue', 'match_input_image': true, 'image': '"
                + before.dataUri() + "'" + seeds(TWO)));

        for (Picture edit : edits) {
            assertThat(edit.size()).isEqualTo(before.picture().size());
            assertThat(Outline.of(edit, 38, 84, 214).farthestFrom(before.outline()))
                    .as("pixels that the disc's edges and centre have moved")
                    .isLessThanOrEqualTo(2);
        }
    }

    @Test
    void manyPromptsChangeOnePictureInOneJob() {
        JsonPath answer = runsync("'prompts': ['make the circle blue', 'remove the circle', 'change the background to"
                + " green'], 'image': 'images/red-circle.png', 'seed': 1");
        List<Picture> edits = pictures(answer);

        assertThat(answer.getList("output.images.prompt_index", Integer.class)).containsExactly(0, 1, 2);
        assertNear(mean(edits.get(0), 56, 56, 16, 16), 20, 38, 84, 214);
        assertNear(mean(edits.get(1), 56, 56, 16, 16), 8, 255, 255, 255);
        assertNear(mean(edits.get(2), 56, 56, 16, 16), 8, 220, 32, 36);
        assertNear(mean(edits.get(2), 0, 0, 16, 16), 14, 40, 160, 60);
    }

    @Test
    void severalPicturesAreAllLookedAtAndTheLastGivesTheRatio() {
        String night = "'prompt': 'make it night', 'seed': 1, 'images': ['images/%s.png', 'images/lake-wide.png']%s";

        Picture ofHouse = first(night.formatted("house", ""));
        Picture ofCar = first(night.formatted("car", ""));

        assertThat(ofHouse.size()).hasToString("160x96");
        assertThat(ofCar.rgb()).isNotEqualTo(ofHouse.rgb());
        assertThat(first(night.formatted("house", ", 'match_input_image': true"))
                        .size())
                .hasToString("256x256");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            'prompt': 'a red circle'                                                                                  | pocket-flux
            'prompt': 'keep it unchanged', 'image': 'images/house.png'                                                | pocket-qwen-edit
            'prompt': 'keep it unchanged', 'images': ['images/house.png', 'images/car.png']                           | pocket-qwen-edit
            'prompt': 'a red circle', 'image': 'images/red-circle.png', 'strength': 0.6                               | pocket-flux
            'prompt': 'a red circle', 'image': 'images/red-circle.png', 'model': 'pocket-flux'                        | pocket-flux
            'prompt': 'keep it unchanged', 'image': 'images/house.png', 'model': 'pocket-qwen-edit'                   | pocket-qwen-edit
            """)
    void whatAJobBringsChoosesItsModel(String fields, String model) {
        assertThat(runsync(fields).getString("output.model")).isEqualTo(model);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            'images': ['A', 'A', 'A', 'A']                                      | images: this model takes one image, not 4; model: none of pocket-flux, pocket-qwen-edit can do such a job
            'images': ['A', 'A', 'A', 'A'], 'model': 'pocket-qwen-edit'         | images: this model takes at most 3, not 4
            'image': 'A', 'mask': 'A', 'model': 'pocket-qwen-edit'              | mask: this model edits without a mask: leave it out
            'image': 'A', 'mask': 'A'                                           | mask: this model cannot fill: leave the mask out; model: none of pocket-flux, pocket-qwen-edit can do such a job
            'image': 'A', 'strength': 0.5, 'model': 'pocket-qwen-edit'          | strength: this model edits by instruction: leave the strength out
            'images': ['A', 'A'], 'strength': 0.5                               | images: this model takes one image, not 2; model: none of pocket-flux, pocket-qwen-edit can do such a job
            'model': 'pocket-qwen-edit'                                         | image: is missing: this model edits pictures by instruction
            'image': 'A', 'guidance_scale': 3.5                                 | guidance_scale: this model has no guidance embedding: send true_cfg_scale in its place, or 0, not 3.5
            'image': 'A', 'negative_prompt': 'n', 'true_cfg_scale': 1           | negative_prompt: has no effect with a true_cfg_scale of 1.0: send one above 1
            'images': ['images/house.png', 'images/nowhere.png']                | images[1]: must be a readable file
            """)
    void whatAnEditCannotBeIsSaidByItsField(String fields, String message) {
        post("/runsync", "'prompt': 'p', " + fields)
                .then()
                .statusCode(200)
                .body("status", is("FAILED"))
                .body("error", startsWith(message))
                .body("error_type", is("BAD_INPUT"));
    }

    @Test
    void anEditTellsHowFarItIsAndCanBeCancelled() throws InterruptedException {
        String id = post("/run", "'prompt': 'make it night', 'image': 'images/house.png', 'num_inference_steps': 200")
                .jsonPath()
                .getString("id");

        JsonPath underWay = await(id, status -> status.get("output") != null);
        assertThat(underWay.getString("output.type")).isEqualTo("progress");
        assertThat(underWay.getInt("output.max")).isEqualTo(200);

        assertThat(cancel(id).getString("status")).isEqualTo("CANCELLED");
        assertThat(edits("red-circle", "keep it unchanged", TWO)).hasSize(TWO);
        assertThat(status(id).getString("status")).isEqualTo("CANCELLED");
    }

    @Test
    void theSameSeedMakesTheSameEdit() {
        String car = "'prompt': 'make the car blue', 'image': 'images/car.png', 'seed': ";

        assertThat(first(car + 3).rgb()).isEqualTo(first(car + 3).rgb());
        assertThat(first(car + 4).rgb()).isNotEqualTo(first(car + 3).rgb());
    }

    /** A part of a picture, in pixels. */
    private record Part(int left, int top, int width, int height) {
        static Part of(String text) {
            int[] sides = numbers(text);
            return new Part(sides[0], sides[1], sides[2], sides[3]);
        }

        double[] mean(Picture picture) {
            return Colours.mean(picture, left, top, width, height);
        }

        double distance(Picture picture, Picture other) {
            return Colours.distance(picture, other, left, top, width, height);
        }
    }

    private static int[] numbers(String text) {
        return java.util.Arrays.stream(text.trim().split(" +"))
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    /** The edits of one of the example pictures, with seeds from 0 on. */
    private static List<Picture> edits(String image, String prompt, int seeds) {
        return pictures(runsync("'prompt': '" + prompt + "', 'image': 'images/" + image + ".png'" + seeds(seeds)));
    }

    private static String seeds(int count) {
        return ", 'seed': 0, 'num_outputs': " + count;
    }

    private static Picture first(String fields) {
        return pictures(runsync(fields)).getFirst();
    }

    /** The picture that an edit was made from, as the model sees it. */
    private static Picture seen(String image, Picture edit) throws IOException {
        return PilResize.LANCZOS.apply(Caller.read(Files.readAllBytes(IMAGES.resolve(image + ".png"))), edit.size());
    }
}
