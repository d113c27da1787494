package dev.darkroom.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class FieldWordsTest {
    private static final FieldWords WORDS =
            new FieldWords(Map.of("num_inference_steps", "steps", "images", "init_images", "num_outputs", "n"));

    @Test
    void faultsNameTheFieldsThatTheCallerHasSent() {
        assertThat(WORDS.translated("num_inference_steps: must be from 1 to 200, not 0; num_outputs: must be a number"))
                .isEqualTo("steps: must be from 1 to 200, not 0; n: must be a number");
    }

    @Test
    void placesWithinAFieldStay() {
        assertThat(WORDS.translated("images[2]: is no picture")).isEqualTo("init_images[2]: is no picture");
    }

    @Test
    void wordsInTheMiddleOfAMessageStay() {
        assertThat(WORDS.translated("prompt: num_outputs: is what it says; it says images"))
                .isEqualTo("prompt: num_outputs: is what it says; it says images");
        assertThat(WORDS.translated("the body is no valid JSON")).isEqualTo("the body is no valid JSON");
    }
}
