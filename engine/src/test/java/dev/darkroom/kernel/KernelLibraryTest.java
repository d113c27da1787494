package dev.darkroom.kernel;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is compiled, kept and loaded, and what is said where something is missing: with stand-ins for NVIDIA's libraries. */
class KernelLibraryTest {
    /** Compiled kernels for tests that do not look at how they came to be. */
    @TempDir
    static Path kept;

    @TempDir
    Path folder;

    @AfterEach
    void nothingFails() {
        StandInCard.fail("", 0);
    }

    @Test
    void kernelsAreCompiledOnceAndFoundAgain() throws IOException {
        KernelLibrary first = StandInCard.open(folder);
        assertThat(first).hasToString("sm_90, driver 12080, NVRTC 12.8, 3 files compiled");
        assertThat(kernels(first)).hasSize(6);
        assertThat(files())
                .hasSize(3)
                .allMatch(name -> name.matches("\\w+-sm_90-nvrtc12\\.8-driver12080-[0-9a-f]{16}\\.cubin"));

        KernelLibrary second = StandInCard.open(folder);
        assertThat(second.toString()).endsWith("0 files compiled");
        assertThat(kernels(second)).isEqualTo(kernels(first));
        assertThat(files()).hasSize(3);
    }

    @Test
    void damagedFilesAreCompiledAgain() throws IOException {
        StandInCard.open(folder);
        List<Path> files = paths();
        byte[] bytes = Files.readAllBytes(files.get(0));
        bytes[bytes.length / 2] ^= 1;
        Files.write(files.get(0), bytes);
        Files.write(files.get(1), new byte[7]);
        assertThat(StandInCard.open(folder).toString()).endsWith("2 files compiled");
        assertThat(StandInCard.open(folder).toString()).endsWith("0 files compiled");
    }

    /** The file is whole, but the driver does not take it. */
    @Test
    void machineCodeThatTheDriverRefusesIsCompiledAgain() throws IOException {
        StandInCard.open(folder);
        new CubinCache(folder).write(files().getFirst(), "nothing of a card's".getBytes(UTF_8));
        KernelLibrary again = StandInCard.open(folder);
        assertThat(again.toString()).endsWith("1 files compiled");
        assertThat(kernels(again)).hasSize(6);
    }

    @Test
    void otherTextIsCompiledAnew() {
        KernelSource source = KernelSource.all().getFirst();
        KernelSource other = new KernelSource(source.name(), source.text(), source.header() + "\n", source.functions());
        KernelLibrary.open(List.of(source), List.of(StandInCard.folder()), folder);
        KernelLibrary library = KernelLibrary.open(List.of(other), List.of(StandInCard.folder()), folder);
        assertThat(library.toString()).endsWith("1 files compiled");
        assertThat(KernelSource.hash(List.of(source))).isNotEqualTo(KernelSource.hash(List.of(other)));
    }

    @Test
    void aFolderThatCannotBeWrittenIsDoneWithout() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThat(kernels(StandInCard.open(file.resolve("cache")))).hasSize(6);
    }

    @Test
    void textThatDoesNotCompileIsLeftOutAndTheRestIsThere() {
        KernelSource source = KernelSource.all().getFirst();
        var broken = new KernelSource(
                "broken.cu", "extern \"C\" __global__ void broken(int x) { return y; }", "", List.of("broken"));
        KernelLibrary library = KernelLibrary.open(List.of(broken, source), List.of(StandInCard.folder()), folder);
        assertThat(library.kernel("broken")).isEmpty();
        assertThat(library.kernel(QkNormRope.NAME)).isPresent();
        Nvrtc compiler = Nvrtc.find(List.of(StandInCard.folder())).orElseThrow();
        assertThatExceptionOfType(KernelException.class)
                .isThrownBy(() -> compiler.compile(broken, "sm_90"))
                .withMessageStartingWith("broken.cu does not compile for sm_90: NVRTC error 6: ")
                .withMessageContaining("'y' was not declared in this scope");
    }

    @Test
    void aFunctionThatIsNotThereIsLeftOut() {
        KernelSource source = KernelSource.all().getFirst();
        var other = new KernelSource(source.name(), source.text(), source.header(), List.of("qk_norm"));
        assertThat(KernelLibrary.open(List.of(other), List.of(StandInCard.folder()), folder)
                        .kernel("qk_norm"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "cuInit, 100, cuInit failed: CUDA error 100",
        "cuDriverGetVersion, 1, cuDriverGetVersion failed: invalid argument",
        "cuDevicePrimaryCtxRetain, 2, cuDevicePrimaryCtxRetain failed: CUDA error 2",
        "cuCtxSetCurrent, 201, cuCtxSetCurrent failed: invalid device context"
    })
    void aDriverThatFailsSaysWhy(String function, int status, String reason) {
        StandInCard.fail(function, status);
        assertThatExceptionOfType(KernelException.class)
                .isThrownBy(() -> StandInCard.open(kept))
                .withMessage(reason);
    }

    @Test
    void aLaunchThatFailsSaysWhy() {
        Kernel kernel = StandInCard.open(kept).kernel(QuantiseRows.NAME).orElseThrow();
        StandInCard.fail("cuLaunchKernel", 1);
        assertThatExceptionOfType(KernelException.class)
                .isThrownBy(() -> kernel.launch(1, 1, 32, 0L, 0L, 0L, 8, 8L, 8L))
                .withMessage("cuLaunchKernel failed: invalid argument");
    }

    /** A context belongs to a thread. */
    @Test
    void anotherThreadMayLaunch() throws InterruptedException {
        Kernel kernel = StandInCard.open(kept).kernel(QuantiseRows.NAME).orElseThrow();
        long launches = StandInCard.launches();
        try (var arena = Arena.ofShared()) {
            long memory = arena.allocate(64, 16).address();
            var thread = new Thread(() -> kernel.launch(1, 1, 32, memory, memory + 16, memory + 32, 8, 8L, 8L));
            thread.start();
            thread.join();
        }
        assertThat(StandInCard.launches()).isEqualTo(launches + 1);
    }

    @Test
    void aMissingCompilerIsNamed() throws IOException {
        Path driver = Files.copy(StandInCard.folder().resolve("libcuda.so.1"), folder.resolve("libcuda.so.1"));
        if (Nvrtc.find(List.of()).isEmpty()) {
            assertThatExceptionOfType(KernelException.class)
                    .isThrownBy(() -> KernelLibrary.open(List.of(), List.of(driver.getParent()), folder))
                    .withMessageContaining("libnvrtc.so.12")
                    .withMessageContaining(folder.toString());
        } else {
            assertThat(KernelLibrary.open(List.of(), List.of(folder), folder).toString())
                    .contains("NVRTC");
        }
    }

    @Test
    void aMissingDriverIsNamed() {
        if (CudaDriver.find(List.of()).isEmpty()) {
            assertThatExceptionOfType(KernelException.class)
                    .isThrownBy(() -> KernelLibrary.open(List.of(), List.of(), folder))
                    .withMessage("NVIDIA's driver (libcuda.so.1) is not there");
        } else {
            assertThat(KernelLibrary.open(List.of(), List.of(StandInCard.folder()), folder)
                            .toString())
                    .contains("driver");
        }
    }

    /** libtorch's archive has the compiler with a hash in its name, and beside it libraries that are called alike. */
    @Test
    void theCompilerIsFoundByWhateverNameTheArchiveGivesIt() throws IOException {
        Files.writeString(folder.resolve("libnvrtc.alt.so.12"), "no library");
        // a library, but none that compiles; before the other in order
        Files.copy(StandInCard.folder().resolve("libcuda.so.1"), folder.resolve("libnvrtc-builtins.so.12.8"));
        Files.copy(StandInCard.folder().resolve("libnvrtc.so.12"), folder.resolve("libnvrtc-d51b459d.so.12"));
        assertThat(Nvrtc.find(List.of(folder)).orElseThrow().version()).isEqualTo("12.8");
    }

    @Test
    void foldersAreThoseOfTheSurroundings() {
        assertThat(LibraryFolders.of(Map.of(
                        "PYTORCH_LIBRARY_PATH",
                        "/opt/libtorch",
                        "LD_LIBRARY_PATH",
                        "/opt/libtorch:/opt/libtorch/later::relative")))
                .startsWith(Path.of("/opt/libtorch"), Path.of("/opt/libtorch/later"))
                .allMatch(Path::isAbsolute);
    }

    private static List<String> kernels(KernelLibrary library) {
        return KernelSource.all().stream()
                .flatMap(source -> source.functions().stream())
                .flatMap(name -> library.kernel(name).stream())
                .map(Kernel::toString)
                .toList();
    }

    private List<Path> paths() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        }
    }

    private List<String> files() throws IOException {
        return paths().stream().map(path -> path.getFileName().toString()).toList();
    }
}
