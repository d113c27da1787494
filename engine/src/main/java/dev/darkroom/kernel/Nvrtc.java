package dev.darkroom.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * NVIDIA's compiler of CUDA text as a library. libtorch's archive brings it along, with a hash in the file's name.
 *
 * <p>Source: NVIDIA's NVRTC documentation, {@code docs.nvidia.com/cuda/nvrtc}.
 */
final class Nvrtc {
    /** Options beside the card's architecture; none that trades accuracy for speed. */
    static final List<String> OPTIONS = List.of("--std=c++17");

    /** A hash has eight digits; {@code libnvrtc-builtins}, which begins like one, lies beside it. */
    private static final String FILES = "libnvrtc{,-" + "[0-9a-f]".repeat(8) + "}.so*";

    private final SharedLibrary library;
    private final String version;

    private Nvrtc(SharedLibrary library) {
        this.library = library;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment numbers = arena.allocate(JAVA_INT, 2);
            check(library.call("nvrtcVersion", numbers, numbers.asSlice(JAVA_INT.byteSize())), "nvrtcVersion");
            version = numbers.getAtIndex(JAVA_INT, 0) + "." + numbers.getAtIndex(JAVA_INT, 1);
        }
    }

    /** Opens the library; empty if there is none. */
    static Optional<Nvrtc> find(List<Path> folders) {
        // it looks for its builtins by name alone: one that is open already is found whatever folder it lies in
        SharedLibrary.find(folders, "libnvrtc-builtins*.so*");
        return SharedLibrary.find(folders, FILES, "libnvrtc.so.12", "libnvrtc.so.13", "libnvrtc.so")
                .map(Nvrtc::new);
    }

    String version() {
        return version;
    }

    /**
     * Compiles a file for cards of one architecture, such as {@code sm_90}.
     *
     * @throws KernelException with the compiler's log if it does not compile
     */
    byte[] compile(KernelSource source, String architecture) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = arena.allocate(ADDRESS);
            check(
                    library.call(
                            "nvrtcCreateProgram",
                            handle,
                            arena.allocateFrom(source.text()),
                            arena.allocateFrom(source.name()),
                            1,
                            texts(arena, Stream.of(source.header())),
                            texts(arena, Stream.of(KernelSource.HEADER))),
                    "nvrtcCreateProgram");
            MemorySegment program = handle.get(ADDRESS, 0);
            try {
                int status = library.call(
                        "nvrtcCompileProgram",
                        program,
                        OPTIONS.size() + 1,
                        texts(arena, Stream.concat(Stream.of("--gpu-architecture=" + architecture), OPTIONS.stream())));
                if (status != 0) {
                    throw new KernelException(source.name() + " does not compile for " + architecture + ": "
                            + error(status) + ": "
                            + new String(read(arena, program, "nvrtcGetProgramLog"), StandardCharsets.UTF_8)
                                    .replace("\0", "")
                                    .strip());
                }
                return read(arena, program, "nvrtcGetCUBIN");
            } finally {
                library.call("nvrtcDestroyProgram", handle);
            }
        }
    }

    /** Asks for the size of something, then for the bytes. */
    private byte[] read(Arena arena, MemorySegment program, String what) {
        MemorySegment size = arena.allocate(JAVA_LONG);
        check(library.call(what + "Size", program, size), what + "Size");
        MemorySegment bytes = arena.allocate(Math.max(1, size.get(JAVA_LONG, 0)));
        check(library.call(what, program, bytes), what);
        return bytes.asSlice(0, size.get(JAVA_LONG, 0)).toArray(JAVA_BYTE);
    }

    private static MemorySegment texts(Arena arena, Stream<String> texts) {
        List<MemorySegment> pointers = texts.map(arena::allocateFrom).toList();
        MemorySegment array = arena.allocate(ADDRESS, pointers.size());
        for (int i = 0; i < pointers.size(); i++) {
            array.setAtIndex(ADDRESS, i, pointers.get(i));
        }
        return array;
    }

    private static void check(int status, String function) {
        if (status != 0) {
            throw new KernelException(function + " failed: " + error(status));
        }
    }

    private static String error(int status) {
        return "NVRTC error " + status;
    }
}
