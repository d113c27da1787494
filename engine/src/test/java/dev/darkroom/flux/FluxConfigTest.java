package dev.darkroom.flux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.checkpoint.ConfigFile;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.mmdit.MmditConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which config.json of a transformer is understood, and what is said of one that is not. */
class FluxConfigTest {
    private static final MmditConfig BLOCKS = new MmditConfig(64, 64, 19, 38, 24, 128, 4096, List.of(16, 56, 56));

    @TempDir
    Path folder;

    /** Written before diffusers stated the axes. */
    @Test
    void theConfigOfFlux1DevIsRead() throws IOException {
        FluxConfig config = read("""
                {"_class_name": "FluxTransformer2DModel", "_diffusers_version": "0.30.0.dev0", "attention_head_dim": 128,
                 "guidance_embeds": true, "in_channels": 64, "joint_attention_dim": 4096, "num_attention_heads": 24,
                 "num_layers": 19, "num_single_layers": 38, "patch_size": 1, "pooled_projection_dim": 768}
                """);

        assertThat(config).isEqualTo(new FluxConfig(BLOCKS, 768, true));
        assertThat(config.width()).isEqualTo(3072);
    }

    @Test
    void whatAConfigLeavesOutIsTheReferencesDefault() throws IOException {
        assertThat(read("{}")).isEqualTo(new FluxConfig(BLOCKS, 768, false));
    }

    @Test
    void eitherKindOfBlockMayBeAbsent() throws IOException {
        assertThat(read("{\"num_layers\": 0}").blocks().doubleBlocks()).isZero();
        assertThat(read("{\"num_single_layers\": 0}").blocks().singleBlocks()).isZero();
    }

    @Test
    void tooManyBlocksAreRefused() {
        TestCheckpoints.assertRefused(() -> read("{\"num_layers\": 1001}"), "num_layers must be at most 1000");
    }

    @Test
    void theAxesMustFillAHead() {
        TestCheckpoints.assertRefused(() -> read("{\"axes_dims_rope\": [16, 56, 54]}"), "axes_dims_rope");
    }

    private FluxConfig read(String json) throws IOException {
        return FluxConfig.read(ConfigFile.read(Files.writeString(folder.resolve("config.json"), json)));
    }
}
