package dev.darkroom.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.job.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A checkpoint with a pipe in place of a file, whose reading would wait for ever. */
class PipesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model_index.json",
                "transformer/diffusion_pytorch_model.safetensors",
                "vae/config.json",
                "tokenizer/tokenizer.json",
                "darkroom.json"
            })
    void isRefusedByName(String name) throws IOException, InterruptedException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                .isZero();

        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Families.open("x", folder, Limits.STANDARD, Families.loras(0)))
                .withMessage(file + ": is no file, but a pipe or a device");
    }

    @Test
    void aLinkToAFileIsOne() throws IOException {
        Files.createSymbolicLink(
                folder.resolve("model_index.json"),
                Files.writeString(folder.resolve("other"), "{\"_class_name\": \"X\"}"));

        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> Families.open("x", folder, Limits.STANDARD, Families.loras(0)))
                .withMessageContaining("_class_name 'X'");
    }
}
