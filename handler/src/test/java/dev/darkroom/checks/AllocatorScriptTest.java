package dev.darkroom.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which allocator {@code entrypoint.sh} preloads for the worker, on a machine that has tcmalloc or not. */
class AllocatorScriptTest {
    private static final String TCMALLOC = "libtcmalloc_minimal.so.4";

    @TempDir
    Path folder;

    private Path libraries = Path.of("");
    private Shell shell;

    @BeforeEach
    void install() throws IOException {
        shell = new Shell(folder);
        libraries = Files.createDirectories(folder.resolve("libraries"));
        shell.set("LD_LIBRARY_PATH", libraries.toString());
        Shell.script(
                folder.resolve("preload"),
                ". " + Shell.HOME.resolve("startup-checks/allocator.bash") + "\nto_preload\n");
    }

    /** A library that does nothing until it is called, which every JDK has. */
    private void hasTcmalloc() throws IOException {
        Path harmless = Path.of(System.getProperty("java.home"), "lib/libjsig.so");
        Files.copy(harmless, libraries.resolve(TCMALLOC));
        Files.copy(harmless, libraries.resolve("libjemalloc.so"));
    }

    /** A file before any that the machine may have, and of no use. */
    private void hasNone() throws IOException {
        Files.writeString(libraries.resolve(TCMALLOC), "none");
    }

    private String preloaded(Map<String, String> variables) throws IOException, InterruptedException {
        variables.forEach(shell::set);
        Shell.Ended ended = shell.run(folder.resolve("preload"));
        assertThat(ended.exit()).as(ended.err()).isZero();
        return ended.out().strip();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            DEVICE,          cpu,            libtcmalloc_minimal.so.4
            DEVICE,          auto,           libtcmalloc_minimal.so.4
            DEVICE,          CUDA,           ''
            DARKROOM_DEVICE, cuda,           ''
            DARKROOM_ALLOCATOR, off,         ''
            DARKROOM_ALLOCATOR, tcmalloc,    libtcmalloc_minimal.so.4
            LD_PRELOAD,      libjemalloc.so, ''
            LC_ALL,          xx_XX.UTF-8,    libtcmalloc_minimal.so.4
            """)
    void theCpuGetsItWhereItIsAndACardDoesNot(String variable, String value, String expected)
            throws IOException, InterruptedException {
        hasTcmalloc();
        assertThat(preloaded(Map.of(variable, value))).isEqualTo(expected);
    }

    @Test
    void aCardGetsItWhenItIsAskedFor() throws IOException, InterruptedException {
        hasTcmalloc();
        assertThat(preloaded(Map.of("DEVICE", "cuda", "DARKROOM_ALLOCATOR", "tcmalloc")))
                .isEqualTo(TCMALLOC);
    }

    @Test
    void aCardThatDeviceLeavesOpenIsACard() throws IOException, InterruptedException {
        hasTcmalloc();
        shell.tool("nvidia-smi", "echo a card\n");
        assertThat(preloaded(Map.of())).isEmpty();
        assertThat(preloaded(Map.of("CUDA_VISIBLE_DEVICES", "-1"))).isEqualTo(TCMALLOC);
    }

    @Test
    void aCardThatTheChecksHaveRefusedIsNone() throws IOException, InterruptedException {
        hasTcmalloc();
        shell.tool("nvidia-smi", "echo a card\n");
        assertThat(preloaded(Map.of("cpu_computes", "true"))).isEqualTo(TCMALLOC);
    }

    @Test
    void whereItIsNotTheLoaderIsNotAskedForIt() throws IOException, InterruptedException {
        hasNone();
        assertThat(preloaded(Map.of())).isEmpty();
    }

    @Test
    void askedForInVainOrUnknownItStopsTheStart() throws IOException, InterruptedException {
        hasNone();
        for (var wrong : Map.of(
                        "tcmalloc",
                        Optional.of("but " + TCMALLOC + " is not installed"),
                        "jemalloc",
                        Optional.of("must be off or tcmalloc, not 'jemalloc'"),
                        "off",
                        Optional.<String>empty())
                .entrySet()) {
            Shell.Ended ended = shell.set("DARKROOM_ALLOCATOR", wrong.getKey()).check("15-environment");

            assertThat(ended.exit()).isEqualTo(wrong.getValue().isPresent() ? 15 : 0);
            assertThat(ended.err()).contains(wrong.getValue().orElse("ok environment"));
        }
    }
}
