package dev.darkroom.checks;

import dev.darkroom.tensor.Operators;
import java.util.concurrent.Callable;
import org.jboss.logging.Logger;

/** Runs start-up checks in order and logs a line each: {@code ok operators 41 ms 53 bound}, or {@code FAIL weights …} and no more. */
public final class StartupChecks {
    private static final Logger LOG = Logger.getLogger(StartupChecks.class);

    private StartupChecks() {}

    /**
     * Runs a check, or a part of the setup, and logs its time and result.
     *
     * @throws SetupException if it fails
     */
    public static <T> T run(String name, Callable<T> check) {
        long start = System.nanoTime();
        try {
            T result = check.call();
            LOG.infof("ok %s %d ms %s", name, (System.nanoTime() - start) / 1_000_000, result);
            return result;
        } catch (Exception | Error e) {
            throw failed(name, e);
        }
    }

    /**
     * Makes a part of the worker from its settings; logs nothing unless that fails.
     *
     * @throws SetupException if it fails
     */
    public static <T> T build(String name, Callable<T> part) {
        try {
            return part.call();
        } catch (Exception | Error e) {
            throw failed(name, e);
        }
    }

    private static SetupException failed(String name, Throwable error) {
        var failure = new SetupException(name, error);
        LOG.errorf("FAIL %s", failure.getMessage());
        return failure;
    }

    /** Loads libtorch and binds all operators, or waits for the thread that does so already. */
    public static void operators() {
        run("operators", () -> {
            EarlyOperators.await();
            return Operators.bind().size() + " bound";
        });
    }
}
