package dev.darkroom.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commit of an installation, however git keeps it. */
class BuildTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    Path home;

    @Test
    void anInstallationWithoutARepositoryHasItInAVariable() {
        assertThat(revision(home)).isEmpty();
        assertThat(Build.of(home, Map.of("SOURCE_REVISION", COMMIT)).revision()).contains(COMMIT);
        assertThat(Build.of(home, Map.of("SOURCE_REVISION", "unknown")).revision())
                .isEmpty();
    }

    private static Optional<String> revision(Path home) {
        return Build.of(home, Map.of()).revision();
    }

    @Test
    void aRepositoryHasTheCommitOfItsBranch() throws IOException {
        put(".git/HEAD", COMMIT);
        assertThat(revision(home)).contains(COMMIT);

        put(".git/HEAD", "ref: refs/heads/main\n");
        assertThat(revision(home)).isEmpty();
        put(".git/packed-refs", "# pack-refs\n" + COMMIT + " refs/heads/main\n");
        assertThat(revision(home)).contains(COMMIT);
        put(".git/refs/heads/main", COMMIT.replace('0', 'f') + "\n");
        assertThat(revision(home)).contains(COMMIT.replace('0', 'f'));
    }

    @Test
    void aWorktreeHasItsOwn() throws IOException {
        put("repository/.git/worktrees/other/HEAD", "ref: refs/heads/other\n");
        put("repository/.git/worktrees/other/commondir", "../..\n");
        put("repository/.git/refs/heads/other", COMMIT + "\n");
        put("other/.git", "gitdir: " + home.resolve("repository/.git/worktrees/other") + "\n");

        assertThat(revision(home.resolve("other"))).contains(COMMIT);
    }

    private void put(String name, String text) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
