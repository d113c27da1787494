package dev.darkroom.snapshot;

import java.time.Duration;
import java.time.InstantSource;
import org.crac.Context;
import org.crac.Core;
import org.crac.Resource;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;

/**
 * The watch of this process: tells {@link Restored} when the clocks, a signal or the JVM say that it was frozen or restored. A program that
 * never begins it is told nothing, and counts all time.
 */
public final class Watch {
    private static final Logger LOG = Logger.getLogger(Watch.class);
    private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(1);

    /** Sent by whoever restores a snapshot; the JVM has no use for it of its own, unlike SIGUSR2. */
    private static final String RESTORED = "USR1";

    /** Sent by the kernel, with SIGCONT's effect, to a process that was stopped. */
    private static final String CONTINUED = "CONT";

    private static volatile @Nullable Watch ofProcess;

    private final AwakeTime time = new AwakeTime(System::nanoTime, InstantSource.system(), Restored::happened);
    private final Resource checkpoints = new Checkpoints();

    private Watch() {}

    /** Begins to watch, once in a process. */
    public static synchronized void begin() {
        if (ofProcess == null) {
            var watch = new Watch();
            ofProcess = watch;
            Thread.ofPlatform().daemon().name("restore watch").start(watch::run);
            watch.on(RESTORED, () -> watch.time.wake(Wake.Cause.SIGNAL));
            watch.on(CONTINUED, watch.time::look);
            // without a JVM that makes checkpoints nothing comes of it
            Core.getGlobalContext().register(watch.checkpoints);
        }
    }

    /** Looks at the clocks now, so that nobody is blamed for the time in which this process slept. */
    public static void look() {
        Watch known = ofProcess;
        if (known != null) {
            known.time.look();
        }
    }

    /** Returns nanoseconds like {@link System#nanoTime}, without those in which this process slept. */
    public static long awakeNanos() {
        Watch known = ofProcess;
        return known == null ? System.nanoTime() : known.time.nanos();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(BETWEEN_LOOKS);
                time.look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void on(String name, Runnable action) {
        try {
            Signal.handle(new Signal(name), signal -> action.run());
        } catch (IllegalArgumentException taken) {
            LOG.debugf("SIG%s is not heard: %s", name, taken.getMessage());
        }
    }

    /** Hears of checkpoints from a JVM that makes them. */
    private final class Checkpoints implements Resource {
        @Override
        public void beforeCheckpoint(Context<? extends Resource> context) {
            LOG.info("a checkpoint is made of this process");
        }

        @Override
        public void afterRestore(Context<? extends Resource> context) {
            time.wake(Wake.Cause.CHECKPOINT);
        }
    }
}
