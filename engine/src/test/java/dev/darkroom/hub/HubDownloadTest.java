package dev.darkroom.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.flux.TinyFlux;
import dev.darkroom.hub.ModelSource.Repository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes from a hub: the files that are needed, under their names, and nobody learns the token. */
class HubDownloadTest {
    private static final Repository MAIN = new Repository(TestHub.NAME, "main");

    @TempDir
    Path folder;

    private TestHub hub = new TestHub();
    private TestHubSettings settings = new TestHubSettings(hub.address(), Path.of(""));

    HubDownloadTest() throws IOException {}

    @BeforeEach
    void publish() throws IOException {
        publish(TestCheckpoints.POCKET_FLUX);
    }

    private void publish(Path checkpoint) throws IOException {
        hub.close();
        hub = TestHub.with(checkpoint);
        settings = new TestHubSettings(hub.address(), folder.resolve("hub"));
    }

    @AfterEach
    void close() {
        hub.close();
    }

    private Path download() throws InterruptedException {
        return new Models(settings).locate(MAIN).folder();
    }

    private static void assertSame(Map<String, byte[]> actual, Map<String, byte[]> expected) {
        assertThat(actual.keySet()).containsExactlyElementsOf(expected.keySet());
        expected.forEach(
                (path, content) -> assertThat(actual.get(path)).as(path).isEqualTo(content));
    }

    @Test
    void theSnapshotHoldsWhatIsNeededByteForByte() throws IOException, InterruptedException {
        for (String path : new String[] {
            "flux1-pocket.safetensors",
            "ae.safetensors",
            ".gitattributes",
            "transformer/diffusion_pytorch_model.fp16.safetensors",
            "transformer/diffusion_pytorch_model.bin",
            "text_encoder/model.fp16-00001-of-00002.safetensors",
            "text_encoder/model.safetensors.index.fp16.json",
            "text_encoder/flax_model.msgpack",
            "text_encoder/flax_model.msgpack.index.json",
            "text_encoder/model.onnx",
            "text_encoder/onnx/config.json",
            "safety_checker/model.safetensors",
            "elsewhere/config.json"
        }) {
            hub.add(path, new byte[] {1, 2, 3});
        }
        Map<String, byte[]> expected = new TreeMap<>(TestCheckpoints.contents(TestCheckpoints.POCKET_FLUX));

        Path snapshot = download();

        assertThat(snapshot).isEqualTo(folder.resolve("hub/models--studio--pocket-flux/snapshots/" + TestHub.COMMIT));
        assertSame(TestCheckpoints.contents(snapshot), expected);
        assertThat(folder.resolve("hub/models--studio--pocket-flux/refs/main")).hasContent(TestHub.COMMIT);
        assertThat(Files.readSymbolicLink(snapshot.resolve("model_index.json")).toString())
                .startsWith("../../blobs/");
        assertThat(Files.readSymbolicLink(snapshot.resolve("vae/config.json")).toString())
                .startsWith("../../../blobs/");
        try (var blobs = Files.list(folder.resolve("hub/models--studio--pocket-flux/blobs"))) {
            assertThat(blobs.map(blob -> blob.getFileName().toString()))
                    .allMatch(name -> name.matches("[0-9a-f]{40}|[0-9a-f]{64}"));
        }
    }

    @Test
    void shardsAreThoseThatTheIndexNames() throws IOException, InterruptedException {
        publish(TinyFlux.DEV);
        hub.add("transformer/diffusion_pytorch_model.safetensors", new byte[1000]);
        hub.add("transformer/diffusion_pytorch_model-00003-of-00003.safetensors", new byte[1000]);

        assertSame(TestCheckpoints.contents(download()), TestCheckpoints.contents(TinyFlux.DEV));
    }

    @Test
    void largeFilesComeInPartsOverSeveralConnections() throws InterruptedException {
        download();

        assertThat(hub.asked("transformer/diffusion_pytorch_model.safetensors").stream()
                        .filter(TestHub.Asked::ofCdn)
                        .map(request -> request.range().orElse("all")))
                .hasSize(7)
                .contains("bytes=0-1048575", "bytes=6291456-6405679");
        assertThat(hub.asked("vae/config.json"))
                .hasSize(1)
                .allMatch(request -> request.range().isEmpty());
    }

    @Test
    void whatIsInTheCacheIsNotAskedFor() throws InterruptedException {
        Path snapshot = download();
        hub.asked.clear();
        hub.commit("f".repeat(40));

        LocatedModel again = new Models(settings).locate(MAIN);

        assertThat(again.folder()).isEqualTo(snapshot);
        assertThat(again.revision()).contains(TestHub.COMMIT);
        assertThat(hub.asked).isEmpty();
    }

    @Test
    void aNewRevisionFetchesOnlyWhatChanged() throws IOException, InterruptedException {
        Path old = download();
        hub.sent.set(0);
        hub.asked.clear();
        hub.commit("f".repeat(40));
        hub.add("vae/config.json", hub.content("scheduler/scheduler_config.json"));
        hub.add("transformer/config.json", new byte[] {'{', '}'});
        Files.delete(folder.resolve("hub/models--studio--pocket-flux/refs/main"));

        Path snapshot = download();

        assertThat(snapshot).hasFileName("f".repeat(40));
        assertThat(old).isDirectory();
        assertThat(hub.asked("/")).hasSize(1);
        assertThat(snapshot.resolve("transformer/config.json")).hasContent("{}");
        assertThat(old.resolve("transformer/config.json"))
                .isNotEmptyFile()
                .content()
                .contains("num_layers");
    }

    @Test
    void aPinnedRevisionIsAskedForAndLeavesNoRef() throws InterruptedException {
        new Models(settings).locate(new Repository(TestHub.NAME, TestHub.COMMIT));
        assertThat(folder.resolve("hub/models--studio--pocket-flux/refs")).doesNotExist();

        new Models(settings).locate(new Repository(TestHub.NAME, "refs/pr/7"));
        assertThat(folder.resolve("hub/models--studio--pocket-flux/refs/refs/pr/7"))
                .hasContent(TestHub.COMMIT);
        assertThat(hub.asked.stream().map(TestHub.Asked::path))
                .contains("/api/models/" + TestHub.NAME + "/revision/refs%2Fpr%2F7?blobs=true");
    }

    @Test
    void theTokenGoesToTheHubAndNowhereElse() throws InterruptedException {
        settings = settings.withToken("hf_secret");

        download();

        assertThat(hub.asked)
                .anyMatch(TestHub.Asked::ofCdn)
                .allSatisfy(request -> assertThat(request.authorization())
                        .isEqualTo(request.ofCdn() ? Optional.empty() : Optional.of("Bearer hf_secret")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"../outside.json", "/etc/passwd", "a/../../b.json", "a\\..\\b", "vae//config.json", "", "a/."})
    void pathsThatLeadElsewhereAreRefused(String path) throws IOException {
        hub.addHostile(path);

        assertThatThrownBy(this::download)
                .isInstanceOf(HubException.class)
                .hasMessageContaining("which is no path within a repository");
        assertThat(TestCheckpoints.contents(folder))
                .containsOnlyKeys("hub/.locks/models--studio--pocket-flux/darkroom.lock");
    }

    @Test
    void componentsAndShardsThatLeadElsewhereAreRefused() {
        hub.add("model_index.json", "{\"../../x\": [\"diffusers\", \"Net\"]}".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(this::download).hasMessageContaining("'../../x' is no name of a component");
    }

    @Test
    void aRepositoryOfAnotherKindIsRefused() {
        hub.remove("vae/diffusion_pytorch_model.safetensors");
        hub.add("vae/diffusion_pytorch_model.bin", new byte[10]);
        assertThatThrownBy(this::download).hasMessageContaining("has no weights in vae/ that the worker reads");

        hub.remove("model_index.json");
        assertThatThrownBy(this::download).hasMessageContaining("has no model_index.json");
        assertThat(folder.resolve("hub/models--studio--pocket-flux/snapshots")).doesNotExist();
    }

    @Test
    void twoDownloadsAtATimeFetchItOnce() throws Exception {
        try (ExecutorService both = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Path> one = both.submit(this::download);
            Future<Path> other = both.submit(this::download);

            assertThat(one.get()).isEqualTo(other.get());
        }
        assertThat(hub.asked("model_index.json")).hasSize(1);
        assertThat(hub.asked("vae/config.json")).hasSize(1);
    }

    @Test
    void offlineTakesWhatIsThereAndSaysWhatIsNot() throws IOException, InterruptedException {
        TestHubSettings online = settings;
        settings = settings.withoutNetwork();
        assertThatThrownBy(this::download)
                .hasMessageContaining("is not to be downloaded (HF_HUB_OFFLINE)")
                .hasMessageContaining("does not have it");
        assertThat(hub.asked).isEmpty();

        settings = online;
        Path snapshot = download();
        settings = settings.withoutNetwork();
        assertThat(download()).isEqualTo(snapshot);

        Files.delete(snapshot.resolve("vae/config.json"));
        assertThatThrownBy(this::download).hasMessageContaining("lacks vae/config.json");
    }
}
