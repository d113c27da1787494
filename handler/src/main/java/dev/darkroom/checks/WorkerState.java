package dev.darkroom.checks;

import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jboss.logging.Logger;

/** The phase of the worker's life. Safe for use by several threads. */
@ApplicationScoped
public class WorkerState {
    /** The phases: STARTING → READY ⇄ BUSY → DEFUNCT, or STARTING → SETUP_FAILED. */
    public enum Phase {
        STARTING,
        READY,
        BUSY,
        DEFUNCT,
        SETUP_FAILED
    }

    private static final Logger LOG = Logger.getLogger(WorkerState.class);

    private final Map<String, String> troubles = new TreeMap<>();
    private Phase phase = Phase.STARTING;
    private int running;
    private long ended;

    /** Returns the current phase. */
    public synchronized Phase phase() {
        return phase;
    }

    /** Returns the number of jobs that were taken and have not ended. */
    public synchronized int running() {
        return running;
    }

    /** Returns the number of jobs that were taken and have ended. */
    public synchronized long ended() {
        return ended;
    }

    /** Notes that the models are loaded: jobs can come. */
    public synchronized void ready() {
        change(Phase.READY);
    }

    /** Notes that a job was taken. */
    public synchronized void jobStarted() {
        running++;
        change(Phase.BUSY);
    }

    /** Notes that a job has ended. */
    public synchronized void jobEnded() {
        running--;
        ended++;
        change(running == 0 ? Phase.READY : Phase.BUSY);
    }

    /** Notes that the setup failed: no jobs will come. */
    public synchronized void setupFailed() {
        change(Phase.SETUP_FAILED);
    }

    /** Notes that the worker stops: no more jobs come. */
    public synchronized void defunct() {
        change(Phase.DEFUNCT);
    }

    /** Changes the phase, unless it is one of the last two, which are final. */
    private void change(Phase next) {
        if (phase != Phase.DEFUNCT && phase != Phase.SETUP_FAILED) {
            phase = next;
        }
    }

    /**
     * Notes whether a part that every job needs works.
     *
     * @param part its name, such as {@code storage}
     * @param trouble why it does not; empty if it does
     */
    public synchronized void note(String part, Optional<String> trouble) {
        String before = trouble.isPresent() ? troubles.put(part, trouble.get()) : troubles.remove(part);
        if (before == null && trouble.isPresent()) {
            LOG.errorf("not ready: %s: %s", part, trouble.get());
        } else if (before != null && trouble.isEmpty()) {
            LOG.infof("ready again: %s works", part);
        }
    }

    /** Returns why no job could be done although the worker runs, by the parts that do not work; mostly empty. */
    public synchronized Map<String, String> troubles() {
        return Map.copyOf(troubles);
    }

    /** Returns true if jobs are being done, or would be at once. */
    public synchronized boolean isServing() {
        return (phase == Phase.READY || phase == Phase.BUSY) && troubles.isEmpty();
    }
}
