package dev.darkroom.queue.durable.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A restored process finds that the folder is another one's, and takes nothing that it did itself for that. */
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
    void theFileThatANewKeyWasWrittenToIsOurs() throws IOException {
        try (var store = JobStore.open(folder)) {
            store.put(JobRecord.accepted("a", 1, 1_000, 7, new Policy(10_000, 60_000, false), null));
            store.sync();
        }
        Object before = file();

        try (var store = JobStore.open(folder, Optional.of("another key"))) {
            assertThat(file()).as("the file was written anew").isNotEqualTo(before);
            assertThat(store.trouble()).isEmpty();

            Files.copy(folder.resolve("jobs.mv"), folder.resolve("copy"));
            Files.move(folder.resolve("copy"), folder.resolve("jobs.mv"), StandardCopyOption.REPLACE_EXISTING);
            assertThat(store.trouble()).as("somebody else's").isPresent();
        }
    }

    @Test
    void aFileThatIsRewrittenIsHeldAnew() throws IOException {
        try (var records = new Records(Files.createDirectories(folder).resolve("jobs.mv"))) {
            records.put("a", "{}");
            for (int i = 0; i < 3; i++) {
                Object before = file();
                records.rewrite();
                assertThat(file()).isNotEqualTo(before);
                assertThat(records.trouble()).isEmpty();
            }
        }
    }

    @Test
    void whateverTheWorkerDoesWithItsFileItIsItsOwn() throws IOException {
        var store = JobStore.open(folder);
        try (store) {
            byte[] large = new byte[12_000];
            for (int i = 0; i < 800; i++) {
                store.keepRequest("a" + i, large);
                store.commit();
            }
            assertThat(Files.size(folder.resolve("jobs.mv")))
                    .as("enough to be compacted")
                    .isGreaterThan(8L << 20);
            store.compact();
            assertThat(store.trouble()).as("compacted").isEmpty();

            // an interrupted thread closes the file that it writes to, which gives up the lock until the next write
            store.keepRequest("b", large);
            Thread.currentThread().interrupt();
            assertThatThrownBy(store::sync).isInstanceOf(UncheckedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(store.trouble()).as("let go").isEmpty();
            store.sync();
            assertThat(store.trouble()).as("opened anew").isEmpty();
        }
        assertThat(store.trouble()).as("closed").isEmpty();
    }

    @Test
    void aLockThatTheKernelHasNoMoreIsLost() throws IOException {
        Path file = folder.resolve("file");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            var lock = channel.lock();
            HeldFile held = HeldFile.of(file);
            assertThat(held.listed()).isTrue();
            assertThat(held.trouble(() -> true)).isEmpty();

            lock.release();
            assertThat(held.trouble(() -> true)).hasValue("the lock on " + file + " is lost");
            assertThat(held.trouble(() -> false)).as("given up by ourselves").isEmpty();
        }
    }

    private @Nullable Object file() throws IOException {
        return Files.readAttributes(folder.resolve("jobs.mv"), BasicFileAttributes.class)
                .fileKey();
    }
}
