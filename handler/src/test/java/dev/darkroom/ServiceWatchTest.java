package dev.darkroom;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.checks.DataFolder;
import dev.darkroom.checks.WorkerState;
import dev.darkroom.job.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker that could do no job is not ready, says why, and is ready again by itself. */
class ServiceWatchTest {
    @TempDir
    Path folder;

    @Test
    void whatEveryJobNeedsIsLookedAtNowAndThen() throws IOException, InterruptedException {
        var state = new WorkerState();
        state.ready();
        Path data = folder.resolve("data");
        var storage = new AtomicReference<>(Optional.<String>empty());
        try (var watch = ServiceWatch.start(state, data, storage::get, Duration.ofMillis(5))) {
            assertThat(watch).isNotNull();
            assertThat(state.isServing()).isTrue();

            storage.set(Optional.of("the bucket answered AccessDenied (403)"));
            Eventually.await("the storage's failure is known", () -> !state.isServing());
            assertThat(state.troubles()).isEqualTo(Map.of("storage", "the bucket answered AccessDenied (403)"));
            assertThat(state.phase()).isEqualTo(WorkerState.Phase.READY);

            storage.set(Optional.empty());
            Eventually.await("the storage works again", state::isServing);

            Eventually.await("the folder is there", () -> Files.isDirectory(data));
            Path elsewhere = folder.resolve("elsewhere");
            Files.move(data, elsewhere);
            Files.createFile(data);
            Eventually.await("the folder's failure is known", () -> !state.isServing());
            assertThat(state.troubles()).containsOnlyKeys("data folder");

            Files.delete(data);
            Eventually.await("the folder works again", state::isServing);
        }
    }

    @Test
    void lookingLeavesNothingBehind() throws IOException {
        assertThat(DataFolder.trouble(folder)).isEmpty();
        try (var files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void aFullDiskIsTrouble() {
        assertThat(DataFolder.trouble(Path.of("/dev/full/below"))).isPresent();
    }
}
