package dev.darkroom.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.animation.AnimationMode;
import dev.darkroom.animation.Preset;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The fields of animations offer what there is to be drawn: this room does not know whoever draws. */
class AnimationFieldsTest {
    @Test
    void presetsAreThoseThatThereAre() {
        assertThat(AnimationFields.PRESETS)
                .containsExactlyElementsOf(
                        Arrays.stream(Preset.values()).map(Preset::fieldValue).toList());
    }

    @Test
    void modesAreThoseThatThereAre() {
        assertThat(AnimationFields.MODES)
                .containsExactlyElementsOf(Arrays.stream(AnimationMode.values())
                        .map(AnimationMode::word)
                        .toList());
    }
}
