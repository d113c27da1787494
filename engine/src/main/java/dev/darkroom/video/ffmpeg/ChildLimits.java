package dev.darkroom.video.ffmpeg;

import java.time.Duration;
import java.util.List;

/**
 * What a child process may take of the machine, held by the kernel: it writes no file, dumps no core, and ends when it wants more.
 *
 * @param memory address space, in bytes
 * @param processor time of all its threads together
 */
public record ChildLimits(long memory, Duration processor) {
    /** A limit below what already holds cannot be set, and need not be. */
    private static final String SCRIPT = "ulimit -c 0; ulimit -f 0; ulimit -n 64; ulimit -v \"$1\" 2>/dev/null;"
            + " ulimit -t \"$2\" 2>/dev/null; shift 2; exec \"$@\"";

    /** Returns the beginning of a command that runs the rest of it within these limits, in the same process. */
    List<String> command() {
        return List.of(
                "/bin/sh",
                "-c",
                SCRIPT,
                "sh",
                Long.toString(memory / 1024),
                Long.toString(Math.max(1, processor.toSeconds())));
    }
}
