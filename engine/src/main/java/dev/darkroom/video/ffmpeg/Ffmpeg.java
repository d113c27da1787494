package dev.darkroom.video.ffmpeg;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * FFmpeg's two executables. Nothing is unpacked or started before it is used. Children get none of this process' environment, so none of
 * its secrets.
 */
public final class Ffmpeg {
    private static final List<String> QUIET = List.of("-hide_banner", "-loglevel", "error");

    private final @Nullable Path cache;
    private @Nullable Path folder;

    private Ffmpeg(@Nullable Path cache, @Nullable Path folder) {
        this.cache = cache;
        this.folder = folder;
    }

    /**
     * FFmpeg of the class path.
     *
     * @param cache folder where it is unpacked at the first use, of which others must not be able to change anything; processes may share it,
     *     and programs must be allowed to run from it
     */
    public static Ffmpeg unpackedIn(Path cache) {
        return new Ffmpeg(cache, null);
    }

    /**
     * FFmpeg of the machine.
     *
     * @param folder with {@code ffmpeg} and {@code ffprobe}
     */
    public static Ffmpeg of(Path folder) {
        return new Ffmpeg(null, folder);
    }

    /**
     * Starts a program whose files this process chose, without limits.
     *
     * @param arguments behind those that keep it quiet
     * @throws IOException if it cannot be started
     */
    public Child encode(List<String> arguments) throws IOException {
        return start(List.of(), "ffmpeg", arguments, Redirect.PIPE);
    }

    /**
     * Starts {@code ffmpeg} on somebody else's file.
     *
     * @param file the child's standard input, which it knows by no name and may seek in
     * @throws IOException if it cannot be started
     */
    public Child decode(Path file, ChildLimits limits, List<String> arguments) throws IOException {
        return start(limits.command(), "ffmpeg", arguments, Redirect.from(file.toFile()));
    }

    /**
     * Starts {@code ffprobe} on somebody else's file.
     *
     * @param file the child's standard input, which it knows by no name and may seek in
     * @throws IOException if it cannot be started
     */
    public Child probe(Path file, ChildLimits limits, List<String> arguments) throws IOException {
        return start(limits.command(), "ffprobe", arguments, Redirect.from(file.toFile()));
    }

    private Child start(List<String> limits, String program, List<String> arguments, Redirect input)
            throws IOException {
        Path place = folder();
        List<String> command = new ArrayList<>(limits);
        command.add(place.resolve(program).toString());
        command.addAll(QUIET);
        command.addAll(arguments);
        var builder = new ProcessBuilder(command).directory(place.toFile()).redirectInput(input);
        builder.environment().clear();
        builder.environment().putAll(environment(place));
        return Child.start(builder);
    }

    private Map<String, String> environment(Path place) {
        Map<String, String> environment = new HashMap<>();
        environment.put("LC_ALL", "C");
        environment.put("MALLOC_ARENA_MAX", "2"); // each takes 64 MB of the address space, which is limited
        if (cache != null) {
            environment.put("LD_LIBRARY_PATH", place.toString());
        }
        return environment;
    }

    private synchronized Path folder() throws IOException {
        Path known = folder;
        if (known == null || cache != null && !Files.isDirectory(known)) {
            if (cache == null) {
                throw new IllegalStateException("no folder");
            }
            known = FfmpegFiles.unpackedIn(cache);
            folder = known;
        }
        return known;
    }
}
