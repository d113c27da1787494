package dev.darkroom.queue.http;

import java.util.Optional;

/** Whoever knows how the worker's memory stands. */
@FunctionalInterface
public interface MemoryReport {
    /** What is known now; empty while the worker starts. */
    Optional<MemoryStatus> now();
}
