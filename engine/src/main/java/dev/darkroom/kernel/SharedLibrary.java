package dev.darkroom.kernel;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A shared library of the system, open until the process ends. */
final class SharedLibrary {
    private final String name;
    private final SymbolLookup symbols;

    private SharedLibrary(String name, SymbolLookup symbols) {
        this.name = name;
        this.symbols = symbols;
    }

    /**
     * Opens the first library that is found: a file that matches {@code glob} in one of the folders, then what the system's own search
     * finds by one of the names.
     */
    static Optional<SharedLibrary> find(List<Path> folders, String glob, String... names) {
        return Stream.concat(
                        folders.stream().flatMap(folder -> files(folder, glob)).map(Path::toString),
                        Arrays.stream(names))
                .flatMap(name -> open(name).stream())
                .findFirst();
    }

    /** Lists the files of a folder that match a glob, in order; none if the folder cannot be read. */
    private static Stream<Path> files(Path folder, String glob) {
        PathMatcher matcher = folder.getFileSystem().getPathMatcher("glob:" + glob);
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> matcher.matches(file.getFileName())).sorted().toList().stream();
        } catch (IOException e) {
            return Stream.of(); // no such folder
        }
    }

    private static Optional<SharedLibrary> open(String name) {
        try {
            return Optional.of(new SharedLibrary(
                    name,
                    name.startsWith("/")
                            ? SymbolLookup.libraryLookup(Path.of(name), Arena.global())
                            : SymbolLookup.libraryLookup(name, Arena.global())));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // not there, or not for this machine
        }
    }

    /** Binds a function. */
    MethodHandle function(String symbol, FunctionDescriptor descriptor) {
        return optional(symbol, descriptor).orElseThrow(() -> new KernelException(name + " has no function " + symbol));
    }

    /** Binds a function that not every version of the library has. */
    Optional<MethodHandle> optional(String symbol, FunctionDescriptor descriptor) {
        return symbols.find(symbol).map(address -> Linker.nativeLinker().downcallHandle(address, descriptor));
    }

    /** Calls a function once that takes pointers, ints and longs, and returns a status. */
    int call(String symbol, Object... arguments) {
        MemoryLayout[] layouts =
                Arrays.stream(arguments).map(SharedLibrary::layout).toArray(MemoryLayout[]::new);
        try {
            return (int)
                    function(symbol, FunctionDescriptor.of(JAVA_INT, layouts)).invokeWithArguments(arguments);
        } catch (Throwable e) {
            throw failed(symbol, e);
        }
    }

    /** Wraps what a method handle throws; a foreign function itself throws nothing. */
    static KernelException failed(String symbol, Throwable e) {
        if (e instanceof KernelException told) {
            return told;
        }
        return new KernelException(symbol + " cannot be called: " + e, e);
    }

    private static MemoryLayout layout(Object argument) {
        return switch (argument) {
            case MemorySegment pointer -> ADDRESS;
            case Integer number -> JAVA_INT;
            case Long number -> JAVA_LONG;
            default -> throw new IllegalArgumentException("no function here takes a " + argument.getClass());
        };
    }

    @Override
    public String toString() {
        return name;
    }
}
