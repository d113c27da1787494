package dev.darkroom.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.job.ImageFormat;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Results lie whole under names that nobody guesses, and nothing else can be asked for. */
class ResultFolderTest {
    private static final byte[] PICTURE = {1, 2, 3};
    private static final String NAME = "0123456789abcdef0123456789abcdef.png";

    @TempDir
    Path directory;

    private Path folder = Path.of("");
    private ResultFolder results = new ResultFolder(folder, Path::toUri, Optional.empty());

    @BeforeEach
    void makeFolder() {
        folder = directory.resolve("data/results");
        results = new ResultFolder(folder, Path::toUri, Optional.empty());
    }

    @ParameterizedTest
    @CsvSource({"PNG, png", "JPEG, jpg", "WEBP, webp"})
    void aPictureIsStoredUnderANameThatCannotBeGuessed(ImageFormat format, String extension) throws IOException {
        Path file = Path.of(results.store(PICTURE, format));

        assertThat(file).hasBinaryContent(PICTURE).hasParent(folder);
        assertThat(name(file)).matches("[0-9a-f]{32}\\." + extension);
        assertThat(results.find(name(file))).contains(file);
    }

    @Test
    void whatWasKeptLongEnoughIsDeletedAndNothingElse() throws IOException {
        Path old = Path.of(results.store(PICTURE, ImageFormat.PNG));
        Path recent = Path.of(results.store(PICTURE, ImageFormat.PNG));
        Path unfinished = Files.createFile(folder.resolve("unfinished-1.tmp"));
        Path foreign = Files.createFile(folder.resolve("notes.txt"));
        Files.createSymbolicLink(folder.resolve("0".repeat(32) + ".png"), folder.resolve("nowhere"));
        for (Path file : List.of(old, unfinished, foreign)) {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofHours(25))));
        }

        new ResultFolder(folder, Path::toUri, Optional.of(Duration.ofHours(24))).store(PICTURE, ImageFormat.PNG);

        assertThat(old).doesNotExist();
        assertThat(unfinished).doesNotExist();
        assertThat(recent).exists();
        assertThat(foreign).exists();
    }

    @Test
    void aPictureWhoseCallerWaitsIsReadAtOnceAndWhole() throws Exception {
        Path file = Path.of(results.storeSoon(new ResultName("job-1", 0), PICTURE, ImageFormat.PNG));

        assertThat(file).hasBinaryContent(PICTURE).hasParent(folder);
        assertThat(results.find(name(file))).contains(file);
        assertThat(files()).containsExactly(file);
    }

    @Test
    void whatAPowerFailureLeftEmptyIsDeletedByTheNextStart() throws IOException {
        Path whole = Path.of(results.store(PICTURE, ImageFormat.PNG));
        Path empty = Files.createFile(folder.resolve(NAME));
        Files.setLastModifiedTime(empty, FileTime.from(Instant.now().minusSeconds(5)));

        new ResultFolder(folder, Path::toUri, Optional.of(Duration.ofHours(24))).sweep();

        assertThat(empty).doesNotExist();
        assertThat(whole).exists();
    }

    @Test
    void theCallerReadsTheAddress() {
        var served = new ResultFolder(
                folder, file -> URI.create("http://localhost/results/" + name(file)), Optional.empty());

        assertThat(served.store(PICTURE, ImageFormat.PNG))
                .hasToString(
                        "http://localhost/results/" + name(files().iterator().next()));
    }

    @Test
    void onlyWholeFilesAppear() throws InterruptedException {
        byte[] large = new byte[3 << 20];
        Set<Long> sizes = new HashSet<>();
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 40; i++) {
                threads.execute(() -> results.store(large, ImageFormat.PNG));
            }
            threads.shutdown();
            while (!threads.isTerminated()) {
                for (Path file : files()) {
                    results.find(name(file))
                            .ifPresent(found -> sizes.add(found.toFile().length()));
                }
                Thread.onSpinWait();
            }
        }

        assertThat(sizes).isSubsetOf((long) large.length);
        assertThat(files())
                .hasSize(40)
                .allSatisfy(file -> assertThat(results.find(name(file))).contains(file));
    }

    @Test
    void anUnfinishedFileIsNotFound() throws IOException {
        Files.createDirectories(folder);
        Path unfinished = Files.createTempFile(folder, "unfinished-", null);

        assertThat(results.find(name(unfinished))).isEmpty();
    }

    @Test
    void whatIsNotThereIsNotFound() {
        assertThat(results.find(NAME)).isEmpty();
    }

    @Test
    void aFolderIsNoResult() throws IOException {
        Files.createDirectories(folder.resolve(NAME));

        assertThat(results.find(NAME)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../secret.png",
                "../results/" + NAME,
                "./" + NAME,
                "%2e%2e/secret.png",
                "..\\secret.png",
                "/etc/passwd",
                "/" + NAME,
                NAME + "\0",
                "\0" + NAME,
                NAME + "\n",
                NAME + "/",
                NAME + ".png",
                "0123456789ABCDEF0123456789ABCDEF.png",
                "0123456789abcdef0123456789abcde.png",
                "notes.txt"
            })
    void otherNamesAreNotFound(String name) throws IOException {
        Files.createDirectories(folder);
        Files.write(folder.resolve(NAME), PICTURE);
        Files.write(folder.resolve("notes.txt"), PICTURE);
        Files.write(folder.resolve("0123456789ABCDEF0123456789ABCDEF.png"), PICTURE);
        Files.write(folder.resolveSibling("secret.png"), PICTURE);

        assertThat(results.find(NAME)).isPresent();
        assertThat(results.find(name)).isEmpty();
    }

    @Test
    void anAbsolutePathToAResultIsNotFound() {
        Path file = Path.of(results.store(PICTURE, ImageFormat.PNG));

        assertThat(results.find(file.toString())).isEmpty();
    }

    private Set<Path> files() {
        if (!Files.exists(folder)) {
            return Set.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return Set.copyOf(files.toList());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
