package dev.darkroom.checks;

import jakarta.enterprise.context.ApplicationScoped;

/** Where the worker is in its life. Can be asked from any thread. */
@ApplicationScoped
public class WorkerState {
    /** STARTING → READY ⇄ BUSY → DEFUNCT, or STARTING → SETUP_FAILED. */
    public enum Phase {
        STARTING,
        READY,
        BUSY,
        DEFUNCT,
        SETUP_FAILED
    }

    private volatile Phase phase = Phase.STARTING;

    public Phase phase() {
        return phase;
    }

    /** Enters a phase. */
    public void enter(Phase next) {
        phase = next;
    }

    /** True if jobs are being done, or would be at once. */
    public boolean isServing() {
        return phase == Phase.READY || phase == Phase.BUSY;
    }
}
