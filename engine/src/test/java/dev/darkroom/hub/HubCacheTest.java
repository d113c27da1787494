package dev.darkroom.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.flux.TinyFlux;
import dev.darkroom.flux2.TinyFlux2;
import dev.darkroom.hub.ModelSource.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Caches that other tools filled: what is whole is found, what is not is not. */
class HubCacheTest {
    private static final String COMMIT = TestHub.COMMIT;
    private static final Repository MAIN = new Repository("studio/tiny", "main");

    @TempDir
    Path folder;

    private HubCache cache = new HubCache(Path.of(""));
    private Path snapshot = Path.of("");

    @BeforeEach
    void fill() throws IOException {
        cache = new HubCache(folder.resolve("hub"));
        snapshot = folder.resolve("hub/models--studio--tiny/snapshots").resolve(COMMIT);
        TestCheckpoints.copy(TinyFlux.DEV, snapshot);
        ref("main");
    }

    private void ref(String name) throws IOException {
        Path ref = folder.resolve("hub/models--studio--tiny/refs").resolve(name);
        Files.createDirectories(ref.getParent());
        Files.writeString(ref, COMMIT + "\n");
    }

    @Test
    void aBranchATagAndACommitAreFound() throws IOException {
        ref("v1");
        ref("refs/pr/1");

        for (String revision : new String[] {"main", "v1", "refs/pr/1", COMMIT}) {
            assertThat(cache.find(new Repository("studio/tiny", revision), Wanted.CHECKPOINT))
                    .as(revision)
                    .contains(snapshot);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0123456", "v2", "ffffffffffffffffffffffffffffffffffffffff"})
    void whatIsNotThereIsNotFound(String revision) {
        assertThat(cache.find(new Repository("studio/tiny", revision), Wanted.CHECKPOINT))
                .isEmpty();
        assertThat(cache.find(new Repository("studio/other", "main"), Wanted.CHECKPOINT))
                .isEmpty();
        assertThat(cache.lack(new Repository("studio/tiny", revision), Wanted.CHECKPOINT))
                .endsWith("does not have it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model_index.json",
                "transformer/config.json",
                "transformer/diffusion_pytorch_model-00002-of-00002.safetensors",
                "text_encoder_2/model-00001-of-00002.safetensors",
                "vae/diffusion_pytorch_model.safetensors",
                "scheduler/scheduler_config.json",
                "tokenizer_2/tokenizer.json"
            })
    void whatLacksAFileIsNotFoundAndTheFileIsNamed(String file) throws IOException {
        Files.delete(snapshot.resolve(file));

        assertThat(cache.find(MAIN, Wanted.CHECKPOINT)).isEmpty();
        assertThat(cache.lack(MAIN, Wanted.CHECKPOINT))
                .contains("lacks")
                .contains(file.replaceAll("vae/.*", "vae/*.safetensors"));
    }

    /** FLUX.2-dev calls a processor its tokenizer: it has the files of both. */
    @Test
    void aProcessorThatIsTheTokenizerNeedsItsVocabularyToo() throws IOException {
        TestCheckpoints.empty(snapshot.resolve("tokenizer"), "");
        TestCheckpoints.copy(TinyFlux2.DEV.resolve("tokenizer"), snapshot.resolve("tokenizer"));
        TestCheckpoints.edit(
                snapshot.resolve("model_index.json"),
                index -> index.putArray("tokenizer").add("transformers").add("PixtralProcessor"));
        assertThat(cache.find(MAIN, Wanted.CHECKPOINT)).contains(snapshot);

        Files.delete(snapshot.resolve("tokenizer/tokenizer.json"));

        assertThat(cache.find(MAIN, Wanted.CHECKPOINT)).isEmpty();
        assertThat(cache.lack(MAIN, Wanted.CHECKPOINT)).contains("lacks tokenizer/tokenizer.json");
    }

    /** Models of other kinds have no transformer: what is wrong with them is told by who reads the index. */
    @Test
    void aTransformerIsMissedOnlyWhereThePipelineHasOne() throws IOException {
        Path index = snapshot.resolve("model_index.json");
        TestCheckpoints.edit(index, root -> root.remove("transformer"));
        TestCheckpoints.edit(index, root -> root.put("_class_name", "StableDiffusionXLPipeline"));
        assertThat(ModelIndex.read(index).components())
                .noneMatch(part -> part.name().equals("transformer"));

        TestCheckpoints.edit(index, root -> root.put("_class_name", "LongCatImagePipeline"));
        assertThat(ModelIndex.read(index).components())
                .anyMatch(part -> part.name().equals("transformer"));
    }

    @Test
    void spieceModelDoesNotStandInForTheTokenizerFile() throws IOException {
        Files.move(snapshot.resolve("tokenizer_2/tokenizer.json"), snapshot.resolve("tokenizer_2/spiece.model"));

        assertThat(cache.find(MAIN, Wanted.CHECKPOINT)).isEmpty();
        assertThat(cache.lack(MAIN, Wanted.CHECKPOINT)).contains("lacks tokenizer_2/tokenizer.json");
    }

    @Test
    void aLinkToNowhereIsNoFile() throws IOException {
        Path shard = snapshot.resolve("transformer/diffusion_pytorch_model-00001-of-00002.safetensors");
        Files.delete(shard);
        Files.createSymbolicLink(shard, Path.of("../../../blobs/gone"));

        assertThat(cache.find(MAIN, Wanted.CHECKPOINT)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"weight_map\": {}}",
                "{\"weight_map\": {\"a\": \"../../x.safetensors\"}}",
                "{\"weight_map\": {\"a\": \"x.bin\"}}"
            })
    void aDamagedIndexIsNoIndex(String index) throws IOException {
        Files.writeString(snapshot.resolve("transformer/diffusion_pytorch_model.safetensors.index.json"), index);

        assertThat(cache.find(MAIN, Wanted.CHECKPOINT)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{}", "{\"../x\": [\"diffusers\", \"Network\"]}"})
    void aDamagedModelIndexIsNone(String index) throws IOException {
        Files.writeString(snapshot.resolve("model_index.json"), index);

        assertThat(cache.find(MAIN, Wanted.CHECKPOINT)).isEmpty();
    }

    @Test
    void aComponentThatWasLeftOutIsNotMissed() throws IOException {
        Files.writeString(
                snapshot.resolve("model_index.json"),
                Files.readString(snapshot.resolve("model_index.json")).replace("{", """
                    {"image_encoder": ["transformers", "CLIPVisionModelWithProjection"],
                     "other": [null, null],
                    """));

        assertThat(cache.find(MAIN, Wanted.CHECKPOINT)).contains(snapshot);
    }

    @Test
    void aBrokenRefLeadsNowhere() throws IOException {
        Files.writeString(folder.resolve("hub/models--studio--tiny/refs/main"), "../../../elsewhere");

        assertThat(cache.find(MAIN, Wanted.CHECKPOINT)).isEmpty();
    }

    @Test
    void lookingWritesNothing() throws IOException {
        try (Stream<Path> folders = Files.walk(folder.resolve("hub"))) {
            for (Path path : folders.toList()) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r-xr-xr-x"));
            }
        }
        var before = TestCheckpoints.contents(folder).keySet();

        assertThat(cache.find(MAIN, Wanted.CHECKPOINT)).contains(snapshot);
        assertThat(TestCheckpoints.contents(folder)).containsOnlyKeys(before);

        try (Stream<Path> folders = Files.walk(folder.resolve("hub"))) {
            for (Path path : folders.toList()) {
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
        }
    }
}
