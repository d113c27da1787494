package dev.darkroom.qwenimage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.engine.TestCheckpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which config.json of a transformer is understood, and what is said of one that is not. */
class QwenImageConfigTest {
    private static final QwenImageConfig PUBLISHED =
            new QwenImageConfig(64, 64, 60, 24, 128, 3584, false, List.of(16, 56, 56));

    @TempDir
    Path folder;

    @Test
    void theConfigOfQwenImageIsRead() throws IOException {
        QwenImageConfig config = read("""
                {"_class_name": "QwenImageTransformer2DModel", "_diffusers_version": "0.34.0.dev0", "attention_head_dim": 128,
                 "axes_dims_rope": [16, 56, 56], "guidance_embeds": false, "in_channels": 64, "joint_attention_dim": 3584,
                 "num_attention_heads": 24, "num_layers": 60, "out_channels": 16, "patch_size": 2, "pooled_projection_dim": 768}
                """);

        assertThat(config).isEqualTo(PUBLISHED);
        assertThat(config.width()).isEqualTo(3072);
    }

    @Test
    void whatAConfigLeavesOutIsTheReferencesDefault() throws IOException {
        assertThat(read("{}")).isEqualTo(PUBLISHED);
    }

    @Test
    void zeroCondTTellsReferencesFromGeneratedTokens() throws IOException {
        assertThat(read("{\"zero_cond_t\": true}").zeroCondT()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"axes_dims_rope": [16, 56, 54]}                        | axes_dims_rope must be three even numbers that add up
            {"axes_dims_rope": [17, 55, 56]}                        | axes_dims_rope must be three even numbers
            {"axes_dims_rope": [64, 64]}                            | axes_dims_rope must be three even numbers
            {"axes_dims_rope": [32, 32, 32, 32]}                    | axes_dims_rope must be three even numbers
            {"axes_dims_rope": []}                                  | axes_dims_rope must be a list
            {"axes_dims_rope": [0, 64, 64]}                         | axes_dims_rope must be a whole number from 1
            {"axes_dims_rope": "16, 56, 56"}                        | axes_dims_rope must be a list
            {"attention_head_dim": 64}                              | attention_head_dim 64
            {"guidance_embeds": true}                               | guidance_embeds is not supported
            {"use_additional_t_cond": true}                         | use_additional_t_cond is not supported
            {"use_layer3d_rope": true}                              | use_layer3d_rope is not supported
            {"patch_size": 1}                                       | patch_size must be 2
            {"in_channels": 32}                                     | in_channels must be 4 × out_channels: 64
            {"out_channels": 32}                                    | in_channels must be 4 × out_channels: 128
            {"num_layers": 0}                                       | num_layers must be a whole number from 1
            {"num_attention_heads": "24"}                           | num_attention_heads must be a whole number
            {"joint_attention_dim": 3584.5}                         | joint_attention_dim must be a whole number
            """)
    void whatItCannotBeIsNamed(String json, String message) {
        TestCheckpoints.assertRefused(() -> read(json), folder.resolve("config.json") + ": ", message);
    }

    private QwenImageConfig read(String json) throws IOException {
        return QwenImageConfig.read(ConfigFile.read(Files.writeString(folder.resolve("config.json"), json)));
    }
}
