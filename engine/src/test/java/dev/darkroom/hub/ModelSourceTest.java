package dev.darkroom.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.hub.ModelSource.Folder;
import dev.darkroom.hub.ModelSource.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people write in {@code DARKROOM_MODELS} is read in one way only. */
class ModelSourceTest {
    @TempDir
    Path here;

    @ParameterizedTest
    @CsvSource({
        "black-forest-labs/FLUX.1-schnell, black-forest-labs/FLUX.1-schnell, main",
        "org/name@v1.0, org/name, v1.0",
        "org/name@refs/pr/3, org/name, refs/pr/3",
        "org/name@0123456789abcdef0123456789abcdef01234567, org/name, 0123456789abcdef0123456789abcdef01234567"
    })
    void aRepositoryIsNamedByItsOwnerAndItsName(String text, String name, String revision) {
        assertThat(ModelSource.parse(text, here)).isEqualTo(new Repository(name, revision));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "./org/name",
                "../org/name",
                "/models/flux",
                "models",
                "a/b/c",
                ".",
                "..",
                "org/..",
                "org/.hidden",
                "a--b/c",
                "my models/flux",
                "org/name/"
            })
    void everythingElseIsAFolder(String text) {
        assertThat(ModelSource.parse(text, here)).isEqualTo(new Folder(here.resolve(text)));
    }

    @Test
    void aFolderThatLooksLikeARepositoryIsAFolderIfACheckpointLiesInIt() throws IOException {
        Path folder = Files.createDirectories(here.resolve("org/name"));
        assertThat(ModelSource.parse("org/name", here)).isEqualTo(new Repository("org/name", "main"));

        Files.createFile(folder.resolve("model_index.json"));
        assertThat(ModelSource.parse("org/name", here)).isEqualTo(new Folder(folder));
    }

    @ParameterizedTest
    @CsvSource({
        "'', not from nowhere",
        "'  ', not from nowhere",
        "https://huggingface.co/org/name, is an address",
        "~/models/flux, write the whole path",
        "org/name@, the revision must be",
        "org/name@../main, the revision must be",
        "org/name@a..b, the revision must be",
        "org/name@/main, the revision must be",
        "org/name@a b, the revision must be"
    })
    void whatIsNeitherIsRefused(String text, String reason) {
        assertThatThrownBy(() -> ModelSource.parse(text, here))
                .isInstanceOf(HubException.class)
                .hasMessageContaining(reason);
    }
}
