package dev.darkroom.checks;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Optional;

/** Checks that this process may have enough files and connections open. */
public final class OpenFiles {
    /** A worker has about 150 open when it is ready, and each caller, fetch and picture under way is one more; the scripts ask for as many. */
    static final long LEAST = 256;

    private OpenFiles() {}

    /** Says so if too few files may be open for a worker. */
    public static Optional<String> tooFew() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? tooFew(system.getMaxFileDescriptorCount())
                : Optional.empty();
    }

    static Optional<String> tooFew(long allowed) {
        return allowed < LEAST
                ? Optional.of(allowed + " open files are allowed, and the worker needs " + LEAST
                        + " at least: raise the limit (ulimit -n " + 1024 + ")")
                : Optional.empty();
    }
}
