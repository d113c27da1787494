package dev.darkroom.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.darkroom.memory.Readings.Container;
import dev.darkroom.memory.Readings.Host;
import dev.darkroom.memory.Readings.Process;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory as Linux tells it in files, of this machine and of others. */
class SystemFilesTest {
    private static final long MEGABYTE = 1L << 20;

    @TempDir
    Path root;

    private Trees tree = new Trees(Path.of("/"));

    @BeforeEach
    void plant() {
        tree = new Trees(root);
    }

    @Test
    void thisMachineTellsItsMemory() {
        var files = new SystemFiles();

        Host host = files.host().orElseThrow();
        assertThat(host.available()).isPositive().isLessThan(host.total());
        assertThat(host.total()).isGreaterThan(256 * MEGABYTE);
        Process process = files.process().orElseThrow();
        assertThat(process.anonymous()).isGreaterThan(10 * MEGABYTE).isLessThan(process.resident());
        assertThat(process.resident()).isLessThan(host.total());
        assertThat(files.container().map(Container::used).orElse(1L)).isPositive();
    }

    @Test
    void kilobytesAreBytes() throws IOException {
        tree.meminfo(3000 * MEGABYTE, 8000 * MEGABYTE).status(700 * MEGABYTE, 200 * MEGABYTE);

        assertThat(tree.files().host()).contains(new Host(3000 * MEGABYTE, 8000 * MEGABYTE));
        assertThat(tree.files().process()).contains(new Process(700 * MEGABYTE, 500 * MEGABYTE));
    }

    @Test
    void aGroupOfTheSecondVersionCountsWithoutPagesThatCanBeDropped() throws IOException {
        tree.file("proc/self/cgroup", "0::/\n");
        group("sys/fs/cgroup", "1000", 900, 250, 300);

        assertThat(tree.files().container()).contains(new Container(350, 1000));
    }

    @Test
    void aGroupOfTheFirstVersionDoesSoToo() throws IOException {
        tree.file("proc/self/cgroup", "9:name=systemd:/\n4:cpu,memory:/a/b\n0::/\n");
        tree.file("sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "2000\n")
                .file("sys/fs/cgroup/memory/a/b/memory.usage_in_bytes", "1500\n")
                .file("sys/fs/cgroup/memory/a/b/memory.stat", "inactive_file 1\nactive_file 2\ntotal_inactive_file 500\ntotal_active_file 900\n");

        assertThat(tree.files().container()).contains(new Container(100, 2000));
    }

    /** Weights that are mapped, and read in each step, are active pages of files: a container full of them is not short of memory. */
    @Test
    void weightsThatAreMappedAreNoAlarm() throws IOException {
        tree.file("proc/self/cgroup", "0::/\n");
        group("sys/fs/cgroup", String.valueOf(8000 * MEGABYTE), 7990 * MEGABYTE, 90 * MEGABYTE, 6000 * MEGABYTE);

        Container container = tree.files().container().orElseThrow();
        assertThat(container).isEqualTo(new Container(1900 * MEGABYTE, 8000 * MEGABYTE));
        try (var watch = MemoryWatch.start(
                tree.files(), Optional::empty, () -> new Held(0, 0, 0), Duration.ofDays(1))) {
            assertThat(watch.seen().alarms()).isEmpty();
        }
    }

    @Test
    void theGroupWithTheLeastLeftCounts() throws IOException {
        tree.file("proc/self/cgroup", "0::/pod/worker\n");
        group("sys/fs/cgroup/pod", "1000", 900, 0);
        group("sys/fs/cgroup/pod/worker", "500", 300, 0);

        assertThat(tree.files().container()).contains(new Container(900, 1000));
    }

    @Test
    void aPathThatOnlyTheMachineSeesLeadsToTheContainersOwnRoot() throws IOException {
        tree.file("proc/self/cgroup", "0::/../../docker/0a1b\n");
        group("sys/fs/cgroup", "1000", 400, 100);

        assertThat(tree.files().container()).contains(new Container(300, 1000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"max", "9223372036854771712", "", "no number"})
    void aGroupWithoutALimitIsNone(String max) throws IOException {
        tree.file("proc/self/cgroup", "0::/\n");
        group("sys/fs/cgroup", max, 900, 250);

        assertThat(tree.files().container()).isEmpty();
    }

    @Test
    void aSystemWithoutTheseFilesTellsNothing() {
        assertThat(tree.files().host()).isEmpty();
        assertThat(tree.files().process()).isEmpty();
        assertThat(tree.files().container()).isEmpty();
    }

    private void group(String folder, String max, long used, long idle) throws IOException {
        group(folder, max, used, idle, 0);
    }

    private void group(String folder, String max, long used, long idle, long active) throws IOException {
        tree.file(folder + "/memory.max", max + "\n")
                .file(folder + "/memory.current", used + "\n")
                .file(folder + "/memory.stat", "anon 5\nfile 7\ninactive_file %d\nactive_file %d\n".formatted(idle, active));
    }
}
