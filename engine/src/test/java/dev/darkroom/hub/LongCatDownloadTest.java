package dev.darkroom.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.engine.LoadedModel;
import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.hub.ModelSource.Repository;
import dev.darkroom.longcat.TinyLongCat;
import dev.darkroom.model.ImageModel;
import dev.darkroom.model.Resident;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Repositories of LongCat-Image: what their index names, and the transformer, which an early one does not. */
class LongCatDownloadTest {
    @TempDir
    Path folder;

    @Test
    void everythingComesThatTheIndexNames() throws IOException, InterruptedException {
        try (var hub = TestHub.with(TinyLongCat.IMAGE)) {
            hub.add("NOTICE.md", new byte[] {1});
            assertThat(TestCheckpoints.contents(download(hub)))
                    .containsExactlyInAnyOrderEntriesOf(TestCheckpoints.contents(TinyLongCat.IMAGE));
        }
    }

    @Test
    void anIndexThatNamesNoTransformerBringsItAllTheSame() throws IOException, InterruptedException {
        try (var hub = TestHub.with(TinyLongCat.IMAGE)) {
            String index = new String(hub.content("model_index.json"), UTF_8);
            hub.add(
                    "model_index.json",
                    index.replaceAll("(?s)\"(transformer|text_processor)\": \\[.*?\\],\\s*", "")
                            .getBytes(UTF_8));

            Map<String, byte[]> came = TestCheckpoints.contents(download(hub));

            assertThat(came).containsKeys("transformer/config.json", "transformer/diffusion_pytorch_model.safetensors");
            assertThat(came.keySet()).noneMatch(file -> file.startsWith("text_processor/"));
        }
    }

    private Path download(TestHub hub) throws InterruptedException {
        Path snapshot = new Models(new TestHubSettings(hub.address(), folder.resolve("hub")))
                .locate(new Repository(TestHub.NAME, "main"))
                .folder();
        try (ImageModel model = LoadedModel.open("longcat", snapshot)) {
            assertThat(model.networks()).hasSize(3).allSatisfy(Resident::verify);
        }
        return snapshot;
    }
}
