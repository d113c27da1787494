package dev.darkroom.vae;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.engine.TestCheckpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which config.json of Qwen-Image's autoencoder is understood, and what is said of one that is not. */
class AutoencoderKLQwenImageConfigTest {
    private static final String ZEROS = list("0");
    private static final String ONES = list("1");

    @TempDir
    Path folder;

    @Test
    void thePublishedConfigIsRead() throws IOException {
        AutoencoderKLQwenImage.Config config = read("""
                {"_class_name": "AutoencoderKLQwenImage", "attn_scales": [], "base_dim": 96, "dim_mult": [1, 2, 4, 4],
                 "dropout": 0.0, "latents_mean": %s, "latents_std": %s, "num_res_blocks": 2,
                 "temperal_downsample": [false, true, true], "z_dim": 16}
                """.formatted(list("-0.7571"), list("2.8184")));

        assertThat(config.widths()).containsExactly(96, 192, 384, 384);
        assertThat(config.residualBlocks()).isEqualTo(2);
        assertThat(config.latentChannels()).isEqualTo(16);
        assertThat(config.latentsMean()).hasSize(16).containsOnly(-0.7571);
        assertThat(config.latentsStd()).hasSize(16).containsOnly(2.8184);
    }

    @Test
    void whatAConfigLeavesOutIsTheReferencesDefault() throws IOException {
        assertThat(read("{\"latents_mean\": " + ZEROS + ", \"latents_std\": " + ONES + "}"))
                .isEqualTo(new AutoencoderKLQwenImage.Config(
                        List.of(96, 192, 384, 384), 2, 16, Collections.nCopies(16, 0.0), Collections.nCopies(16, 1.0)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "dim_mult": [1, 2, 4]          | dim_mult must have 4 entries
            "dim_mult": [1, 2, 4, 4, 4]    | dim_mult must have 4 entries
            "dim_mult": [1, 2, 4, 0]       | dim_mult must be a whole number from 1
            "dim_mult": 4                  | dim_mult must be a list
            "base_dim": 0                  | base_dim must be a whole number from 1
            "base_dim": 16777216           | dim_mult gives a width of 33554432
            "z_dim": 8                     | latents_std must be a list of 8 numbers
            "num_res_blocks": 0            | num_res_blocks must be a whole number from 1
            "attn_scales": [1.0]           | attn_scales must be empty
            "is_residual": true            | is_residual is not supported
            "input_channels": 12           | input_channels must be 3
            """)
    void whatItCannotBeIsNamed(String field, String message) {
        assertRefused("{" + field + ", \"latents_mean\": " + ZEROS + ", \"latents_std\": " + ONES + "}", message);
    }

    /** The decoder halves them on its way out. */
    @Test
    void widthsOfInnerStagesMustBeEven() {
        assertRefused(
                "{\"base_dim\": 3, \"dim_mult\": [1, 2, 3, 4], \"latents_mean\": " + ZEROS + ", \"latents_std\": "
                        + ONES + "}",
                "base_dim must give even widths, not [3, 6, 9, 12]");
    }

    /** Latents are divided by them. */
    @ParameterizedTest
    @CsvSource({"0, above 0", "-1, above 0", "null, a list of 16 numbers", "1e999, a list of 16 numbers"})
    void aSpreadThatNothingCanBeDividedByIsNamed(String value, String rule) {
        String std = ONES.replaceFirst("1", value);

        assertRefused("{\"latents_mean\": " + ZEROS + ", \"latents_std\": " + std + "}", "latents_std must be " + rule);
    }

    @ParameterizedTest
    @CsvSource({"latents_mean, latents_std", "latents_std, latents_mean"})
    void theirLatentsMustBeDescribed(String there, String missing) {
        assertRefused("{\"" + there + "\": " + ONES + "}", missing + " is missing");
    }

    private void assertRefused(String json, String message) {
        TestCheckpoints.assertRefused(() -> read(json), folder.resolve("config.json") + ": ", message);
    }

    private AutoencoderKLQwenImage.Config read(String json) throws IOException {
        return AutoencoderKLQwenImage.Config.read(
                ConfigFile.read(Files.writeString(folder.resolve("config.json"), json)));
    }

    private static String list(String value) {
        return Collections.nCopies(16, value).toString();
    }
}
