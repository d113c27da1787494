package dev.darkroom.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.engine.GgufFiles;
import dev.darkroom.engine.LoadedModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.model.ImageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A model whose transformer has its weights from another file: what is named is fetched, what it replaces is not. */
class ComposedModelTest {
    private static final String OWN = "transformer/diffusion_pytorch_model.safetensors";
    private static final String FILE = "gguf/flux1-pocket-Q8_0.gguf";

    @TempDir
    Path folder;

    private Path gguf = Path.of("");
    private TestHub hub = new TestHub();
    private TestHubSettings settings = new TestHubSettings(hub.address(), Path.of(""));

    ComposedModelTest() throws IOException {}

    @BeforeEach
    void publish() throws IOException {
        hub.close();
        hub = TestHub.with(TestCheckpoints.POCKET_FLUX);
        gguf = GgufFiles.ofFlux(
                TestCheckpoints.copy(TestCheckpoints.POCKET_FLUX, folder.resolve("made"))
                        .resolve("transformer"),
                true);
        hub.add(FILE, Files.readAllBytes(gguf));
        settings = new TestHubSettings(hub.address(), folder.resolve("hub"));
    }

    @AfterEach
    void close() {
        hub.close();
    }

    private LocatedModel locate(String source) throws InterruptedException {
        return new Models(settings).locate(ModelSource.parse(source, folder));
    }

    private static void assertLoads(Path checkpoint) {
        try (ImageModel model = LoadedModel.from(checkpoint)) {
            assertThat(model.networks()).hasSize(4);
        }
    }

    @Test
    void whatTheFileReplacesIsNotFetched() throws IOException, InterruptedException {
        String source = TestHub.NAME + "@main[transformer=" + TestHub.NAME + "/" + FILE + "]";
        LocatedModel model = locate(source);

        assertThat(model.revision()).contains(TestHub.COMMIT);
        assertThat(hub.asked(OWN)).isEmpty();
        try (var files = Files.list(model.folder().resolve("transformer"))) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("config.json", "flux1-pocket-Q8_0.gguf");
        }
        assertLoads(model.folder());

        hub.asked.clear();
        assertLoads(locate(source).folder());
        assertThat(hub.asked).as("all of it is in the cache").isEmpty();
        assertThat(Files.isRegularFile(locate(TestHub.NAME).folder().resolve(OWN)))
                .as("the whole model, later")
                .isTrue();
    }

    @Test
    void aFileHereOnAFolderHere() throws InterruptedException {
        assertLoads(locate(TestCheckpoints.POCKET_FLUX + "[transformer=" + gguf + "]")
                .folder());
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertThatThrownBy(() -> locate(TestHub.NAME + "[transformer=" + TestHub.NAME + "/gguf/other.gguf]"))
                .isInstanceOf(HubException.class)
                .hasMessageContaining(TestHub.NAME + "@main has no gguf/other.gguf, but")
                .hasMessageContaining(FILE);
        assertThatThrownBy(() -> locate(TestHub.NAME + "[unet=" + TestHub.NAME + "/" + FILE + "]"))
                .isInstanceOf(HubException.class)
                .hasMessageContaining("has no network 'unet', but")
                .hasMessageContaining("transformer");
        assertThat(hub.asked(FILE)).isEmpty();
        assertThatThrownBy(() -> locate(TestCheckpoints.POCKET_FLUX + "[transformer=/no/such.gguf]"))
                .isInstanceOf(HubException.class)
                .hasMessageContaining("/no/such.gguf, where weights are to be, is no file");
        settings = settings.withoutNetwork();
        assertThatThrownBy(
                        () -> locate(TestCheckpoints.POCKET_FLUX + "[transformer=" + TestHub.NAME + "/" + FILE + "]"))
                .isInstanceOf(HubException.class)
                .hasMessageContaining("is not to be downloaded (HF_HUB_OFFLINE)");
    }
}
