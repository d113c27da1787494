package dev.darkroom.queue;

import java.util.Optional;

/** Where the worker takes its jobs from. */
public interface JobSource {
    /** Waits for the next job; empty once there will be none. */
    Optional<Ticket> take() throws InterruptedException;
}
