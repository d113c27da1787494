package dev.darkroom.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.LoadedModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.hub.ModelSource.Repository;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Resident;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Repositories of Qwen-Image: shards, a tokenizer without {@code tokenizer.json}, and for edits a processor; nothing beside them. */
class QwenDownloadTest {
    private static final Path CHECKPOINT = Path.of("src/test/resources/goldens/tiny-qwen-image-edit");
    private static final Repository MAIN = new Repository(TestHub.NAME, "main");
    private static final List<String> NOT_NEEDED = List.of(
            ".gitattributes",
            "assets/showcase.jpg",
            "Qwen-Image-Lightning-4steps-V1.0.safetensors",
            "original/qwen_image_bf16.safetensors",
            "original/config.json",
            "text_encoder/pytorch_model-00001-of-00002.bin",
            "text_encoder/pytorch_model.bin.index.json",
            "text_encoder/model.fp8.safetensors",
            "text_encoder/model.safetensors.index.fp8.json",
            "transformer/diffusion_pytorch_model.bin",
            "transformer/diffusion_pytorch_model-00003-of-00003.safetensors",
            "transformer/gguf/model.gguf",
            "transformer_lightning/diffusion_pytorch_model.safetensors",
            "vae/diffusion_pytorch_model.fp16.safetensors",
            "processor/chat_template.jinja",
            "processor/image.png");

    @TempDir
    Path folder;

    private TestHub hub;
    private Map<String, byte[]> expected = new TreeMap<>();

    QwenDownloadTest() throws IOException {
        hub = TestHub.with(CHECKPOINT);
    }

    @BeforeEach
    void publish() throws IOException {
        NOT_NEEDED.forEach(path -> hub.add(path, new byte[] {1, 2, 3}));
        expected = TestCheckpoints.contents(CHECKPOINT);
        expected.remove("model_index.QwenImageEditPipeline.json");
    }

    @AfterEach
    void close() {
        hub.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"QwenImageEditPipeline", "QwenImageEditPlusPipeline"})
    void anEditingRepositoryComesWithItsProcessor(String pipeline) throws IOException, InterruptedException {
        index(index().replace("QwenImageEditPlusPipeline", pipeline));

        Path snapshot = download();

        assertThat(TestCheckpoints.contents(snapshot)).containsExactlyInAnyOrderEntriesOf(expected);
        assertThat(snapshot.resolve("tokenizer")).isDirectoryNotContaining("glob:**/tokenizer.json");
        assertThat(snapshot.resolve("processor")).isDirectoryContaining("glob:**/preprocessor_config.json");
        assertLoadable(snapshot);
    }

    @Test
    void aRepositoryThatDrawsFromPromptsHasNoProcessorAndNeedsNone() throws IOException, InterruptedException {
        index(index().replace("QwenImageEditPlusPipeline", "QwenImagePipeline")
                .replaceAll("(?s)\"processor\": \\[.*?\\],\\s*", ""));
        for (String path : new ArrayList<>(expected.keySet())) {
            if (path.startsWith("processor/")) {
                hub.remove(path);
                expected.remove(path);
            }
        }

        Path snapshot = download();

        assertThat(TestCheckpoints.contents(snapshot)).containsExactlyInAnyOrderEntriesOf(expected);
        assertLoadable(snapshot);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text_encoder/model-00002-of-00003.safetensors",
                "transformer/diffusion_pytorch_model.safetensors.index.json",
                "tokenizer/vocab.json",
                "tokenizer/merges.txt"
            })
    void whatACacheLacksIsFetched(String file) throws IOException, InterruptedException {
        Path snapshot = download();
        Files.delete(snapshot.resolve(file));
        hub.asked.clear();

        assertThat(download()).isEqualTo(snapshot);

        assertThat(TestCheckpoints.contents(snapshot)).containsExactlyInAnyOrderEntriesOf(expected);
        assertThat(hub.asked("")).as("all blobs are there").isEmpty();
    }

    /** As one blob; two downloads of it at a time would write into the same file. */
    @ParameterizedTest
    @ValueSource(strings = {"vocab.json", "merges.txt", "added_tokens.json"})
    void whatTokenizerAndProcessorBothHoldIsFetchedOnce(String file) throws IOException, InterruptedException {
        assertThat(hub.content("processor/" + file)).isEqualTo(hub.content("tokenizer/" + file));

        Path snapshot = download();

        assertThat(hub.asked(file)).hasSize(1);
        assertThat(snapshot.resolve("processor").resolve(file))
                .isSymbolicLink()
                .hasSameBinaryContentAs(snapshot.resolve("tokenizer").resolve(file));
    }

    private String index() {
        return new String(hub.content("model_index.json"), UTF_8);
    }

    private void index(String json) {
        byte[] bytes = json.getBytes(UTF_8);
        hub.add("model_index.json", bytes);
        expected.put("model_index.json", bytes);
    }

    private Path download() throws InterruptedException {
        return new Models(new TestHubSettings(hub.address(), folder.resolve("hub")))
                .locate(MAIN)
                .folder();
    }

    /** What came is all that the worker reads, and fits together. */
    private static void assertLoadable(Path snapshot) {
        try (ImageModel model = LoadedModel.open("qwen", snapshot)) {
            assertThat(model.networks()).hasSize(3).allSatisfy(Resident::verify);
        }
    }
}
