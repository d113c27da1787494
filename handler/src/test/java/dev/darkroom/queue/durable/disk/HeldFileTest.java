package dev.darkroom.queue.durable.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A restored process finds that the folder is another one's. */
class HeldFileTest {
    @TempDir
    Path folder;

    @Test
    void aStoreThatIsOpenIsOursUntilItsFileIsAnotherOne() throws IOException {
        try (var store = JobStore.open(folder)) {
            assertThat(store.trouble()).isEmpty();

            Path file = folder.resolve("jobs.mv");
            Files.move(file, folder.resolve("aside"));
            assertThat(store.trouble()).hasValue(file + " is gone");
            Files.copy(folder.resolve("aside"), file);
            assertThat(store.trouble()).hasValue(file + " is another file than the one that was opened");
        }
    }

    @Test
    void aLockThatTheKernelHasNoMoreIsLost() throws IOException {
        Path file = folder.resolve("file");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            var lock = channel.lock();
            HeldFile held = HeldFile.of(file);
            assertThat(held.listed()).isTrue();
            assertThat(held.trouble()).isEmpty();

            lock.release();
            assertThat(held.trouble()).hasValue("the lock on " + file + " is lost");
        }
    }
}
