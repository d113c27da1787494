package dev.darkroom.queue.runpod;

import dev.darkroom.snapshot.Restored;
import dev.darkroom.snapshot.Wake;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Who this worker is to the platform, as of now: a copy that was restored elsewhere has another id, and other addresses. Safe for several
 * threads.
 */
public final class RunPodIdentity implements Supplier<RunPodEnvironment> {
    private static final Logger LOG = Logger.getLogger(RunPodIdentity.class);

    private final Supplier<Map<String, String>> variables;
    private volatile RunPodEnvironment present;
    private int read;

    private RunPodIdentity(Supplier<Map<String, String>> variables, RunPodEnvironment present) {
        this.variables = variables;
        this.present = present;
        this.read = Restored.times();
    }

    /**
     * Reads the platform's variables; empty if this process does not run on RunPod's serverless queue.
     *
     * @param variables those of now, read again after each restore
     * @throws IllegalArgumentException that names the variable without which no job could be taken or answered
     */
    public static Optional<RunPodIdentity> of(Supplier<Map<String, String>> variables) {
        return RunPodEnvironment.from(variables.get()).map(known -> new RunPodIdentity(variables, known));
    }

    /** Returns a worker that is always the same. */
    static RunPodIdentity fixed(RunPodEnvironment environment) {
        return new RunPodIdentity(Map::of, environment);
    }

    @Override
    public RunPodEnvironment get() {
        return present;
    }

    /** Reads the variables again, once a restore, where this process may be a copy; what cannot be read leaves the worker who it was. */
    public synchronized void restored(Wake wake) {
        if (!wake.mayBeCopy() || read == Restored.times()) {
            return;
        }
        read = Restored.times();
        try {
            RunPodEnvironment.from(variables.get()).ifPresent(known -> {
                LOG.infof("RunPod knows this process as %s from now on", known);
                present = known;
            });
        } catch (IllegalArgumentException e) {
            LOG.errorf("this process stays who it was: %s", e.getMessage());
        }
    }
}
