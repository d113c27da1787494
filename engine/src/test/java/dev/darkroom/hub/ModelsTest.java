package dev.darkroom.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.darkroom.engine.TestCheckpoints;
import dev.darkroom.flux.TinyFlux;
import dev.darkroom.hub.ModelSource.Folder;
import dev.darkroom.hub.ModelSource.Repository;
import dev.darkroom.hub.transfer.Digest;
import dev.darkroom.hub.transfer.UnfinishedBlob.FilePart;
import dev.darkroom.job.Eventually;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models that are on this machine already, or soon. */
class ModelsTest {
    @TempDir
    Path folder;

    private TestHubSettings settings = new TestHubSettings(URI.create("http://127.0.0.1:1"), Path.of(""));

    @BeforeEach
    void nameCache() {
        settings = new TestHubSettings(URI.create("http://127.0.0.1:1"), folder.resolve("hub"));
    }

    private LocatedModel locate(Path path) throws InterruptedException {
        return new Models(settings).locate(new Folder(path));
    }

    @Test
    void aFolderIsWhereItIs() throws InterruptedException {
        LocatedModel model = locate(TestCheckpoints.POCKET_FLUX);

        assertThat(model.folder()).isEqualTo(TestCheckpoints.POCKET_FLUX);
        assertThat(model.revision()).isEmpty();
    }

    @Test
    void aFolderMaySayItsRevision() throws IOException, InterruptedException {
        Files.createFile(folder.resolve("model_index.json"));
        Files.writeString(folder.resolve("darkroom.json"), "{\"revision\": \"spring 2\"}");

        assertThat(locate(folder).revision()).contains("spring 2");
    }

    @Test
    void aSnapshotIsCalledByItsCommit() throws IOException, InterruptedException {
        Path snapshot = Files.createDirectories(folder.resolve("snapshots").resolve(TestHub.COMMIT));
        Files.createFile(snapshot.resolve("model_index.json"));

        assertThat(locate(snapshot).revision()).contains(TestHub.COMMIT);
    }

    @Test
    void aFolderThatIsNoneAndOneWithoutAModelAreToldApart() {
        assertThatThrownBy(() -> locate(folder.resolve("nowhere"))).hasMessageContaining("is no directory");
        assertThatThrownBy(() -> locate(folder)).hasMessageContaining("is no checkpoint in diffusers layout");
    }

    @Test
    void aVolumeThatIsMountedLateIsWaitedFor() throws Exception {
        settings = settings.waiting(Eventually.NEVER);
        Path volume = folder.resolve("volume");
        FutureTask<LocatedModel> model = locateThatWaits(() -> locate(volume));

        Files.createDirectory(volume);
        Files.createFile(volume.resolve("model_index.json"));

        assertThat(model.get().folder()).isEqualTo(volume);
    }

    @Test
    void aCacheThatIsMountedLateIsWaitedForToo() throws Exception {
        settings = settings.waiting(Eventually.NEVER).withoutNetwork();
        var repository = new Repository("studio/tiny", TestHub.COMMIT);
        Path snapshot = new HubCache(settings.hub()).snapshot(repository, TestHub.COMMIT);
        FutureTask<LocatedModel> model = locateThatWaits(() -> new Models(settings).locate(repository));

        TestCheckpoints.copy(TinyFlux.DEV, snapshot);

        assertThat(model.get()).isEqualTo(new LocatedModel(snapshot, Optional.of(TestHub.COMMIT)));
    }

    /** Starts a search and returns when it has looked and waits to look again. */
    private static FutureTask<LocatedModel> locateThatWaits(Callable<LocatedModel> search) throws InterruptedException {
        var model = new FutureTask<>(search);
        Thread thread = Thread.ofVirtual().start(model);
        Eventually.await("it waits", () -> thread.getState() == Thread.State.TIMED_WAITING);
        return model;
    }

    @Test
    void aHubThatIsNotThereIsGivenUp() {
        assertThatThrownBy(() -> new Models(settings).locate(new Repository("studio/tiny", "main")))
                .isInstanceOf(HubException.class)
                .hasMessageContaining("4 attempts failed");
    }

    @Test
    void whereThereAreNoLinksBlobsAreCopied() throws IOException {
        Path blob = Files.write(folder.resolve("blob"), new byte[] {1, 2, 3});
        try (var zip = FileSystems.newFileSystem(folder.resolve("archive.zip"), Map.of("create", "true"))) {
            Path inside = Files.copy(blob, zip.getPath("/blob"));
            Path file = zip.getPath("/snapshots/vae/config.json");

            SnapshotFile.place(file, inside);
            SnapshotFile.place(file, inside);

            assertThat(Files.readAllBytes(file)).containsExactly(1, 2, 3);
            assertThat(Files.isSymbolicLink(file)).isFalse();
        }
    }

    @Test
    void partsCoverAFileOnce() {
        assertThat(FilePart.of(10, 4))
                .containsExactly(new FilePart(0, 0, 4), new FilePart(1, 4, 8), new FilePart(2, 8, 10));
        assertThat(FilePart.of(8, 4)).hasSize(2);
        assertThat(FilePart.of(0, 4)).isEmpty();
    }

    @Test
    void gitAndShaDigestsAreTheirs() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "hello\n");

        assertThat(new Digest(Digest.Kind.GIT, "0".repeat(40)).of(file).hex())
                .isEqualTo("ce013625030ba8dba906f756967f9e9ca394464a");
        assertThat(new Digest(Digest.Kind.SHA256, "0".repeat(64)).of(file).hex())
                .isEqualTo("5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03");
    }
}
