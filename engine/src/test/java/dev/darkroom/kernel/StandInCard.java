package dev.darkroom.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Stand-ins for NVIDIA's driver and compiler, which run the kernels' own text on the CPU: g++ makes both libraries once, and the compiler's
 * stand-in calls it for each kernel file. A card for every foreign call, but for speed.
 */
public final class StandInCard {
    private static @Nullable Path folder;

    private StandInCard() {}

    /** Folder with both libraries; without g++ the test that asks for it is not run. */
    public static synchronized Path folder() {
        if (folder == null) {
            assumeTrue(programRuns("g++"), "g++ is not there: kernels are not run on the CPU by this test");
            folder = build();
        }
        return folder;
    }

    /** Opens all kernels on the stand-in. */
    public static KernelLibrary open(Path cache) {
        return KernelLibrary.open(KernelSource.all(), List.of(folder()), cache);
    }

    /** Makes a function of the driver fail with a status of CUDA's; the name "" ends that. */
    public static void fail(String function, int status) {
        try (Arena arena = Arena.ofConfined()) {
            Linker.nativeLinker()
                    .downcallHandle(
                            symbols().findOrThrow("stand_in_fail"), FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT))
                    .invoke(arena.allocateFrom(function), status);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** Number of launches so far. */
    public static long launches() {
        return number("stand_in_launches");
    }

    /** Number of copies so far that a stream of copies was asked for. */
    public static long copies() {
        return number("stand_in_copies");
    }

    /** Bytes of page-locked memory that are allocated at the moment. */
    public static long lockedBytes() {
        return number("stand_in_locked");
    }

    private static long number(String function) {
        try {
            return (long) Linker.nativeLinker()
                    .downcallHandle(symbols().findOrThrow(function), FunctionDescriptor.of(JAVA_LONG))
                    .invoke();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static SymbolLookup symbols() {
        return SymbolLookup.libraryLookup(folder().resolve("libcuda.so.1"), Arena.global());
    }

    private static Path build() {
        try {
            Path made = Files.createTempDirectory("stand-in-card");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(made)));
            for (String name : List.of("cuda_on_cpu.h", "stand_in_nvrtc.cpp", "stand_in_cuda.cpp")) {
                try (InputStream in = Objects.requireNonNull(StandInCard.class.getResourceAsStream(name), name)) {
                    Files.copy(in, made.resolve(name));
                }
            }
            run(
                    made,
                    "g++",
                    "-std=c++17",
                    "-O1",
                    "-shared",
                    "-fPIC",
                    "stand_in_nvrtc.cpp",
                    "-o",
                    "libnvrtc.so.12",
                    "-ldl");
            run(
                    made,
                    "g++",
                    "-std=c++17",
                    "-O1",
                    "-shared",
                    "-fPIC",
                    "stand_in_cuda.cpp",
                    "-o",
                    "libcuda.so.1",
                    "-ldl");
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tells whether a program is there and runs. */
    static boolean programRuns(String name) {
        try {
            Process process = new ProcessBuilder(name, "--version")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Runs a program in a folder and returns what it printed; fails with that if it fails. */
    static String run(Path folder, String... command) throws IOException {
        Process process = new ProcessBuilder(new ArrayList<>(List.of(command)))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + " failed:\n" + printed);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        return printed;
    }
}
