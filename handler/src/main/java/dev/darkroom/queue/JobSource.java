package dev.darkroom.queue;

import java.util.Optional;

/** A source of jobs for the worker. */
public interface JobSource {
    /** Waits for the next job and takes it; empty once there will be no more. */
    Optional<Ticket> take() throws InterruptedException;
}
