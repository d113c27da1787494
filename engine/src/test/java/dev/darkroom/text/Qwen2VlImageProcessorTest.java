package dev.darkroom.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.job.Picture;
import dev.darkroom.job.Size;
import dev.darkroom.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Qwen2VlImageProcessorTest {
    @TempDir
    Path folder;

    @Test
    void aFileThatSaysNothingHasTheReferencesDefaults() throws IOException {
        Qwen2VlImageProcessor processor = processor("{}");
        assertThat(processor.resize()).isEqualTo(new SmartResize(28, 3136, 1_003_520));
        assertThat(processor.frames()).isEqualTo(2);
        assertThat(processor.mean().getFirst()).isCloseTo(122.77f, within(0.01f));
    }

    @Test
    void boundsAreReadByTheirOlderAndTheirNewerNames() throws IOException {
        String newer = "\"size\": {\"shortest_edge\": 4000, \"longest_edge\": 500000}";
        assertThat(processor("{" + newer + "}").resize()).isEqualTo(new SmartResize(28, 4000, 500_000));
        assertThat(processor("{\"min_pixels\": 5000, \"max_pixels\": 600000, " + newer + "}")
                        .resize())
                .isEqualTo(new SmartResize(28, 5000, 600_000));
        assertThat(processor("{\"min_pixels\": null, \"max_pixels\": null, " + newer + "}")
                        .resize())
                .isEqualTo(new SmartResize(28, 4000, 500_000));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"do_resize\": false}; do_resize",
                "{\"do_normalize\": false}; do_normalize",
                "{\"resample\": 2}; resample",
                "{\"patch_size\": 0}; patch_size",
                "{\"patch_size\": 1000}; patch_size",
                "{\"merge_size\": 100}; merge_size",
                "{\"max_pixels\": 100}; pixels",
                "{\"min_pixels\": 2000000}; pixels",
                "{\"size\": 7}; size",
                "{\"size\": {\"longest_edge\": -1}}; size.longest_edge",
                "{\"temporal_patch_size\": 0}; temporal_patch_size",
                "{\"temporal_patch_size\": 9}; temporal_patch_size",
                "{\"rescale_factor\": 0}; rescale_factor",
                "{\"image_mean\": [1, 2]}; image_mean",
                "{\"image_std\": [0.2, 0, 0.2]}; image_std"
            })
    void whatCannotBeMeantIsNamed(String json, String field) {
        TestCheckpoints.assertRefused(() -> processor(json), file().toString(), field);
    }

    @Test
    void theFileMustBeThere() {
        TestCheckpoints.assertRefused(() -> Qwen2VlImageProcessor.read(folder), file().toString());
    }

    @Test
    void aPlainPictureStaysPlainAtAnySize() throws IOException {
        byte[] grey = new byte[3 * 31 * 77];
        Arrays.fill(grey, (byte) 128);
        Qwen2VlImageProcessor processor =
                processor("{\"image_mean\": [0.5, 0.5, 0.5], \"image_std\": [0.5, 0.5, 0.5]}");
        try (var scope = Scope.open("test")) {
            Qwen2VlImageProcessor.Patches patches = processor.prepare(new Picture(31, 77, grey));
            assertThat(patches.grid()).isEqualTo(processor.grid(new Size(31, 77)));
            assertThat(patches.pixelValues().shape())
                    .containsExactly(patches.grid().patches(), 3 * 2 * 14 * 14);
            float level = (128 - 127.5f) / 127.5f;
            for (float value : patches.pixelValues().toFloats()) {
                assertThat(value).isCloseTo(level, within(1e-6f));
            }
        }
    }

    @Test
    void aSmallPictureLeavesNothingButItsPatches() throws IOException {
        Qwen2VlImageProcessor processor = processor("{}");
        long before = Scope.liveTensors();
        try (var scope = Scope.open("test")) {
            var patches = processor.prepare(new Picture(1, 1, new byte[3]));
            assertThat(patches.grid().patches()).isEqualTo(16);
            assertThat(Scope.liveTensors()).isEqualTo(before + 1);
        }
        assertThat(Scope.liveTensors()).isEqualTo(before);
    }

    private Path file() {
        return folder.resolve("preprocessor_config.json");
    }

    private Qwen2VlImageProcessor processor(String json) throws IOException {
        Files.writeString(file(), json);
        return Qwen2VlImageProcessor.read(folder);
    }
}
