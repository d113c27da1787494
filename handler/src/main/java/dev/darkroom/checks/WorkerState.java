package dev.darkroom.checks;

import jakarta.enterprise.context.ApplicationScoped;

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

    private Phase phase = Phase.STARTING;
    private int running;

    /** Returns the current phase. */
    public synchronized Phase phase() {
        return phase;
    }

    /** Returns the number of jobs that were taken and have not ended. */
    public synchronized int running() {
        return running;
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

    /** Returns true if jobs are being done, or would be at once. */
    public synchronized boolean isServing() {
        return phase == Phase.READY || phase == Phase.BUSY;
    }
}
