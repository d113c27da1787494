package dev.darkroom.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.darkroom.job.JobException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files below the allowed folders are read, and of others a caller learns nothing. */
class PathSourceTest {
    private static final byte[] PICTURE = {1, 2, 3};
    private static final String REFUSED =
            "image: must be a readable file below one of the folders in DARKROOM_SOURCES_ROOTS";

    @TempDir
    Path folder;

    private Path root;

    @BeforeEach
    void files() throws IOException {
        root = Files.createDirectories(folder.resolve("pictures"));
        Files.createDirectories(root.resolve("cats"));
        Files.write(root.resolve("cats/tom.png"), PICTURE);
        Files.write(folder.resolve("secret.png"), PICTURE);
        Files.createDirectories(folder.resolve("pictures-of-others"));
        Files.write(folder.resolve("pictures-of-others/secret.png"), PICTURE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cats/tom.png", "./cats/tom.png", "cats/../cats/tom.png", "/cats/tom.png"})
    void aFileBelowARootIsRead(String path) {
        String text = path.startsWith("/") ? root + path : path;

        assertThat(read(text, root)).isEqualTo(PICTURE);
    }

    @Test
    void everyRootIsLookedIn() throws IOException {
        Path empty = Files.createDirectories(folder.resolve("empty"));

        assertThat(read("cats/tom.png", folder.resolve("missing"), empty, root)).isEqualTo(PICTURE);
    }

    @Test
    void withoutRootsNoPathIsRead() {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> read(root + "/cats/tom.png"))
                .withMessage("image: paths are not allowed: this worker has no folders in DARKROOM_SOURCES_ROOTS");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../secret.png",
                "./../secret.png",
                "cats/../../secret.png",
                "../pictures-of-others/secret.png",
                "../missing.png",
                "cats/missing.png",
                "cats",
                "./",
                "/etc/passwd",
                "/dev/zero",
                "cats/tom.png\0",
                "~/tom.png"
            })
    void anythingElseIsRefusedInTheSameWords(String path) {
        assertRefused(path);
    }

    @Test
    void anAbsolutePathOutsideIsRefusedInTheSameWords() {
        assertRefused(folder.resolve("secret.png").toString());
        assertRefused(folder.resolve("missing.png").toString());
        assertRefused(root + "/../secret.png");
    }

    @Test
    void aLinkIsFollowedInsideOnly() throws IOException {
        Files.createSymbolicLink(root.resolve("inside.png"), root.resolve("cats/tom.png"));
        Files.createSymbolicLink(root.resolve("outside.png"), folder.resolve("secret.png"));
        Files.createSymbolicLink(root.resolve("others"), folder.resolve("pictures-of-others"));
        Files.createSymbolicLink(root.resolve("broken.png"), folder.resolve("missing.png"));

        assertThat(read("inside.png", root)).isEqualTo(PICTURE);
        assertRefused("outside.png");
        assertRefused("others/secret.png");
        assertRefused("broken.png");
    }

    /** Opening a pipe waits for whoever writes into it. */
    @Test
    void onlyOrdinaryFilesAreOpened() throws IOException, InterruptedException {
        Path pipe = root.resolve("pipe.png");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Files.createDirectories(root.resolve("folder.png"));

        assertRefused("pipe.png");
        assertRefused("folder.png");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/proc/self/environ", "/proc/version", "/sys/kernel/mm/transparent_hugepage/enabled", "/dev/null"
            })
    void whatTheSystemShowsAsFilesIsRefused(String path) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> read(path, Path.of("/")))
                .withMessage(REFUSED);
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(
                        () -> read(path, Objects.requireNonNull(Path.of(path).getParent())))
                .withMessage(REFUSED);
    }

    @Test
    void aRootMayBeALink() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), root);

        assertThat(read("cats/tom.png", link)).isEqualTo(PICTURE);
        assertThat(read(link + "/cats/tom.png", link)).isEqualTo(PICTURE);
        assertThat(read(root.toRealPath() + "/cats/tom.png", link)).isEqualTo(PICTURE);
    }

    @Test
    void aFileThatIsTooLargeIsRefused() throws IOException {
        Files.write(root.resolve("large.png"), new byte[101]);
        Files.write(root.resolve("largest.png"), new byte[100]);

        assertThat(read("largest.png", root)).hasSize(100);
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> read("large.png", root))
                .withMessage("image: must be at most 100 bytes");
    }

    private void assertRefused(String path) {
        assertThatExceptionOfType(JobException.class)
                .isThrownBy(() -> read(path, root))
                .withMessage(REFUSED)
                .matches(e -> e.code() == JobException.Code.BAD_INPUT);
    }

    private static byte[] read(String path, Path... roots) {
        return new PathSource(List.of(roots), 100).read("image", path);
    }
}
