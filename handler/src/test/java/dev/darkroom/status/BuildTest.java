package dev.darkroom.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commit of an installation, however git keeps it. */
class BuildTest {
    private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    Path home;

    @Test
    void anInstallationWithoutARepositorySaysItInAFile() throws IOException {
        assertThat(Build.of(home).revision()).isEmpty();
        put("REVISION", COMMIT + "\n");
        assertThat(Build.of(home).revision()).contains(COMMIT);
        put("REVISION", "unknown\n");
        assertThat(Build.of(home).revision()).isEmpty();
    }

    @Test
    void aRepositoryHasTheCommitOfItsBranch() throws IOException {
        put(".git/HEAD", COMMIT);
        assertThat(Build.of(home).revision()).contains(COMMIT);

        put(".git/HEAD", "ref: refs/heads/main\n");
        assertThat(Build.of(home).revision()).isEmpty();
        put(".git/packed-refs", "# pack-refs\n" + COMMIT + " refs/heads/main\n");
        assertThat(Build.of(home).revision()).contains(COMMIT);
        put(".git/refs/heads/main", COMMIT.replace('0', 'f') + "\n");
        assertThat(Build.of(home).revision()).contains(COMMIT.replace('0', 'f'));
    }

    @Test
    void aWorktreeHasItsOwn() throws IOException {
        put("repository/.git/worktrees/other/HEAD", "ref: refs/heads/other\n");
        put("repository/.git/worktrees/other/commondir", "../..\n");
        put("repository/.git/refs/heads/other", COMMIT + "\n");
        put("other/.git", "gitdir: " + home.resolve("repository/.git/worktrees/other") + "\n");

        assertThat(Build.of(home.resolve("other")).revision()).contains(COMMIT);
    }

    private void put(String name, String text) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
