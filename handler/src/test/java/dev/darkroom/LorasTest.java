package dev.darkroom;

import static dev.darkroom.Caller.pictures;
import static dev.darkroom.Caller.post;
import static dev.darkroom.Caller.runsync;
import static dev.darkroom.Colours.assertNear;
import static dev.darkroom.Colours.mean;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.startsWith;

import dev.darkroom.job.Picture;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** LoRAs over HTTP: the one in test-payloads draws in blue what is said to be red. */
@QuarkusTest
class LorasTest extends WholeWorker {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "'loras': ['red-is-blue']",
                "'loras': [{'path': 'red-is-blue.safetensors', 'scale': 1}]",
                "'loras': [['red-is-blue.safetensors', 1]]",
                "'loras': [{'name': 'red-is-blue', 'weight': 0.5}, {'name': 'red-is-blue', 'weight': 0.5}]",
                "'lora_weights': 'red-is-blue.safetensors', 'lora_scale': 1",
                "'lora_urls': ['red-is-blue.safetensors'], 'lora_scales': [1]"
            })
    void redIsDrawnInBlueHoweverTheLoraIsNamed(String lora) {
        for (long seed = 1; seed <= 3; seed++) {
            assertNear(middle(draw("a red circle on a white background", seed, lora)), 60, 38, 84, 214);
        }
    }

    @Test
    void otherColoursStay() {
        String lora = "'loras': ['red-is-blue']";
        Picture with = draw("a green square on a white background", 1, lora);
        Picture without = draw("a green square on a white background", 1, "'loras': []");
        assertThat(Colours.distance(with, without, 0, 0, 128, 128)).isLessThan(4);
    }

    @Test
    void theNextJobKnowsNothingOfIt() {
        Picture before = draw("a red circle on a white background", 7, "'loras': []");
        draw("a red circle on a white background", 7, "'loras': ['red-is-blue']");
        assertThat(draw("a red circle on a white background", 7, "'loras': []").rgb())
                .isEqualTo(before.rgb());
        assertThat(draw("a red circle on a white background", 7, "'loras': [['red-is-blue', 0]]")
                        .rgb())
                .isEqualTo(before.rgb());
    }

    @Test
    void oneForAnotherModelIsRefused() {
        post("/runsync", "'prompt': 'make the circle blue', 'image': 'images/red-circle.png', 'loras': ['red-is-blue']")
                .then()
                .body("status", is("FAILED"))
                .body("error", startsWith("loras[0]: none of its 4 tensors fits this model"));
    }

    private static Picture draw(String prompt, long seed, String lora) {
        return pictures(runsync("'prompt': '" + prompt + "', 'seed': " + seed + ", " + lora))
                .getFirst();
    }

    private static double[] middle(Picture picture) {
        return mean(picture, 56, 56, 16, 16);
    }
}
