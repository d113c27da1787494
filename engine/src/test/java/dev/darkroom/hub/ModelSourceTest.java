package dev.darkroom.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.hub.ComponentSource.LocalFile;
import dev.darkroom.hub.ComponentSource.RepositoryFile;
import dev.darkroom.hub.ModelSource.Composed;
import dev.darkroom.hub.ModelSource.Folder;
import dev.darkroom.hub.ModelSource.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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

    @Test
    void weightsOfComponentsMayComeFromElsewhere() throws IOException {
        assertThat(ModelSource.parse(
                        "black-forest-labs/FLUX.1-dev@v1[transformer = city96/FLUX.1-dev-gguf/flux1-dev-Q4_K_S.gguf;"
                                + "text_encoder_2=city96/t5/deep/t5.gguf@v2 ; vae=./ae.safetensors]",
                        here))
                .isEqualTo(new Composed(
                        new Repository("black-forest-labs/FLUX.1-dev", "v1"),
                        Map.of(
                                "transformer",
                                new RepositoryFile(
                                        new Repository("city96/FLUX.1-dev-gguf", "main"), "flux1-dev-Q4_K_S.gguf"),
                                "text_encoder_2",
                                new RepositoryFile(new Repository("city96/t5", "v2"), "deep/t5.gguf"),
                                "vae",
                                new LocalFile(here.resolve("./ae.safetensors")))));

        Path file = Files.createFile(
                Files.createDirectories(here.resolve("org/name")).resolve("a.gguf"));
        assertThat(ModelSource.parse("models[transformer=org/name/a.gguf]", here))
                .as("a file that is there")
                .isEqualTo(
                        new Composed(new Folder(here.resolve("models")), Map.of("transformer", new LocalFile(file))));

        Path folder = Files.createDirectories(here.resolve("odd[a=b]"));
        Files.createFile(folder.resolve("model_index.json"));
        assertThat(ModelSource.parse("odd[a=b]", here)).isEqualTo(new Folder(folder));
    }

    @ParameterizedTest
    @CsvSource({
        "'a/b[]', in brackets is not component=file",
        "'a/b[transformer]', in brackets is not component=file",
        "'a/b[transformer=c/d/e.gguf;]', in brackets is not component=file",
        "'a/b[transformer=c/d]', is no file of weights",
        "'a/b[transformer=c/d/e.bin]', ends in .gguf or .safetensors",
        "'a/b[transformer=c/d/../e.gguf]', is no path within a repository",
        "'a/b[transformer=c/d/e.gguf@..]', the revision must be",
        "'a/b[vae=./e.gguf;vae=./f.gguf]', the component vae stands in brackets twice",
        "'[vae=./e.gguf]', not from nowhere",
        "'a/b@[vae=./e.gguf]', the revision must be"
    })
    void bracketsThatSayNothingAreRefused(String text, String reason) {
        assertThatThrownBy(() -> ModelSource.parse(text, here))
                .isInstanceOf(HubException.class)
                .hasMessageContaining(reason);
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
