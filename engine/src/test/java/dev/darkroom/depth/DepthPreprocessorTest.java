package dev.darkroom.depth;

import static dev.darkroom.engine.TestCheckpoints.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.tensor.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DepthPreprocessorTest {
    private static final String PUBLISHED =
            "{\"size\": {\"height\": 518, \"width\": 518}, \"keep_aspect_ratio\": true, \"ensure_multiple_of\": 14}";

    /** Thin pictures, on which the reference's sizes are 0, are seen as one row of patches. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, 518x518",
        "5000, 20, 518x14",
        "20, 5000, 14x518",
        "1000, 2, 518x14",
        "640, 480, 686x518",
        "147, 518, 140x518", // 10.5 patches: to even
        "161, 518, 168x518", // 11.5 patches
    })
    void aPictureIsSeenInWholePatches(int width, int height, String seen) {
        assertThat(processor(PUBLISHED).seen(new Size(width, height)).toString())
                .isEqualTo(seen);
    }

    @Test
    void aSideThatWouldBeTooLongIsRefusedWithTheLimit() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> processor(PUBLISHED).seen(new Size(20_000, 518)))
                .withMessageContainingAll("20000x518", "20006", "16384");
    }

    @Test
    void withoutARatioToKeepEachSideHasAScaleOfItsOwn() {
        DepthPreprocessor processor = processor("{\"size\": {\"height\": 70, \"width\": 98}}");

        assertThat(processor.seen(new Size(1000, 10))).isEqualTo(new Size(98, 70));
    }

    @Test
    void noSideIsLessThanAPatchWhateverItsMultiple() {
        String small = "{\"size\": 20, \"keep_aspect_ratio\": true, \"ensure_multiple_of\": 4}";

        assertThat(processor(small).seen(new Size(100, 10))).isEqualTo(new Size(100 / 5, 16));
    }

    @Test
    void aFileThatSaysNothingHasTheReferencesDefaults() {
        DepthPreprocessor processor = processor("{}");

        assertThat(processor.size()).isEqualTo(new Size(384, 384));
        assertThat(processor.keepsRatio()).isFalse();
        assertThat(processor.multiple()).isEqualTo(1);
        assertThat(processor.mean()).containsOnly(0.5);
        assertThat(processor.std()).containsOnly(0.5);
        assertThat(processor("{\"size\": 518}").size()).isEqualTo(new Size(518, 518));
    }

    @Test
    void levelsAreNormalisedChannelByChannel() {
        DepthPreprocessor processor = processor("{\"image_mean\": [0, 0.5, 1], \"image_std\": [1, 0.5, 2]}");
        var picture = new Picture(2, 1, new byte[] {0, 0, 0, (byte) 255, (byte) 255, (byte) 255});

        try (var scope = Scope.open("test")) {
            assertThat(processor.pixels(picture).shape()).containsExactly(1, 3, 1, 2);
            assertThat(processor.pixels(picture).toFloats())
                    .containsExactly(new float[] {0, 1, -1, 1, -0.5f, 0}, within(1e-6f));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"do_resize\": false}; do_resize",
                "{\"do_normalize\": false}; do_normalize",
                "{\"do_rescale\": false}; do_rescale",
                "{\"do_pad\": true}; do_pad",
                "{\"resample\": 2}; resample",
                "{\"image_processor_type\": \"ViTImageProcessor\"}; image_processor_type",
                "{\"size\": {\"height\": 0}}; size.height",
                "{\"size\": {\"height\": 20000}}; 16384",
                "{\"size\": \"large\"}; size",
                "{\"ensure_multiple_of\": 0}; ensure_multiple_of",
                "{\"ensure_multiple_of\": 20000}; 16384",
                "{\"keep_aspect_ratio\": 1}; keep_aspect_ratio",
                "{\"rescale_factor\": 0}; rescale_factor",
                "{\"image_mean\": [1, 2]}; image_mean",
                "{\"image_std\": [1, 0, 1]}; image_std",
            })
    void whatIsNotComputedIsRefusedByName(String json, String word) {
        assertRefused(() -> processor(json), "preprocessor_config.json", word);
    }

    private static DepthPreprocessor processor(String json) {
        return DepthPreprocessor.read(ConfigFile.parse("preprocessor_config.json", json), 14);
    }
}
