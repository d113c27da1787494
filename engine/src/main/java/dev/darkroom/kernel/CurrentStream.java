package dev.darkroom.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The stream into which libtorch puts its work on the first card. DJL leaves it at the default stream, whose pointer is null; libtorch is
 * asked where it can say.
 */
final class CurrentStream {
    private final Optional<MethodHandle> ask;

    private CurrentStream(Optional<MethodHandle> ask) {
        this.ask = ask;
    }

    static CurrentStream find(List<Path> folders) {
        // by its name the one that is loaded is found; a second one from another folder would end the process
        return new CurrentStream(SharedLibrary.find(List.of(), "", "libtorch_cuda.so")
                .or(() -> SharedLibrary.find(folders, "libtorch_cuda.so"))
                .flatMap(library -> library.optional(
                        "aoti_torch_get_current_cuda_stream", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS))));
    }

    MemorySegment pointer() {
        if (ask.isEmpty()) {
            return MemorySegment.NULL;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment stream = arena.allocate(ADDRESS);
            int status = (int) ask.get().invokeExact(0, stream);
            if (status != 0) {
                throw new KernelException("libtorch does not say what stream it uses");
            }
            return stream.get(ADDRESS, 0);
        } catch (Throwable e) {
            throw SharedLibrary.failed("aoti_torch_get_current_cuda_stream", e);
        }
    }
}
