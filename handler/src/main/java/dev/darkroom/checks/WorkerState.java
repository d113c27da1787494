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

    private Phase phase = Phase.STARTING;
    private int running;

    public synchronized Phase phase() {
        return phase;
    }

    /** The models are loaded: jobs can come. */
    public synchronized void ready() {
        change(Phase.READY);
    }

    /** A job was taken. */
    public synchronized void jobStarted() {
        running++;
        change(Phase.BUSY);
    }

    /** A job has ended. */
    public synchronized void jobEnded() {
        running--;
        change(running == 0 ? Phase.READY : Phase.BUSY);
    }

    /** The setup failed: jobs never could come. */
    public synchronized void setupFailed() {
        change(Phase.SETUP_FAILED);
    }

    /** The worker stops: no more jobs come. */
    public synchronized void defunct() {
        change(Phase.DEFUNCT);
    }

    /** The last two phases are not left again. */
    private void change(Phase next) {
        if (phase != Phase.DEFUNCT && phase != Phase.SETUP_FAILED) {
            phase = next;
        }
    }

    /** True if jobs are being done, or would be at once. */
    public synchronized boolean isServing() {
        return phase == Phase.READY || phase == Phase.BUSY;
    }
}
