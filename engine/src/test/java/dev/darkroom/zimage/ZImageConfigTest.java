package dev.darkroom.zimage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.engine.TestCheckpoints;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which config.json of a transformer is understood, and what is said of one that is not. */
class ZImageConfigTest {
    @Test
    void whatAConfigLeavesOutIsTheReferencesDefault() {
        ZImageConfig config = read("{\"siglip_feat_dim\": null}");

        assertThat(config).isEqualTo(new ZImageConfig(16, 3840, 30, 2, 30, 2560, 1e-5, 256, 1000, List.of(32, 48, 48)));
        assertThat(config.headWidth()).isEqualTo(128);
        assertThat(config.mlpWidth()).isEqualTo(10240);
        assertThat(config.conditionWidth()).isEqualTo(256);
    }

    /** Widths of the reference that no tiny checkpoint shows. */
    @ParameterizedTest
    @CsvSource({"48, 128, 48", "50, 133, 50", "3840, 10240, 256", "256, 682, 256"})
    void widthsFollowFromTheWidthOfATokenAsInTheReference(int width, int mlp, int condition) {
        ZImageConfig config =
                read("{\"dim\": " + width + ", \"n_heads\": 1, \"axes_dims\": [2, 2, " + (width - 4) + "]}");

        assertThat(config.mlpWidth()).isEqualTo(mlp);
        assertThat(config.conditionWidth()).isEqualTo(condition);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"axes_dims": [32, 48, 46]}    | axes_dims must be three even numbers that add up to 128
            {"axes_dims": [31, 49, 48]}    | axes_dims must be three even numbers
            {"axes_dims": [64, 64]}        | axes_dims must be three even numbers
            {"n_heads": 7}                 | dim must be a multiple of n_heads 7
            {"siglip_feat_dim": 1152}      | siglip_feat_dim says that this is Z-Image-Omni or Z-Image-Edit
            {"qk_norm": false}             | qk_norm must be true
            {"all_patch_size": [4]}        | all_patch_size must be 2
            {"rope_theta": 0}              | rope_theta must be from 1.0
            {"n_layers": 1001}             | n_layers must be at most 1000
            """)
    void whatItCannotBeIsNamed(String json, String message) {
        TestCheckpoints.assertRefused(() -> read(json), "config.json: ", message);
    }

    private static ZImageConfig read(String json) {
        return ZImageConfig.read(ConfigFile.parse("config.json", json));
    }
}
