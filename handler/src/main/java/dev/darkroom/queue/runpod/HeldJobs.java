package dev.darkroom.queue.runpod;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * The jobs that this worker has taken and whose results are not handed in yet. A job has a place until the GPU is done with it; after that
 * it is only stored and posted, and the next one may come.
 */
final class HeldJobs {
    /** Number of jobs held at most: results that the platform does not take fill the memory. */
    private static final int MOST = 8;

    private final int places;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, RunPodTicket> byId = new LinkedHashMap<>();
    private final Deque<RunPodTicket> waiting = new ArrayDeque<>();
    private final Set<RunPodTicket> placed = new HashSet<>();
    private final SequencedSet<RunPodTicket> ended = new LinkedHashSet<>();
    private int asking;
    private boolean closing;
    private boolean over;

    /** @param places number of jobs that may be before the GPU or on it */
    HeldJobs(int places) {
        this.places = places;
    }

    /** Returns the ids of all jobs held, for the heartbeat. */
    List<String> ids() {
        lock.lock();
        try {
            return List.copyOf(byId.keySet());
        } finally {
            lock.unlock();
        }
    }

    /** Returns all jobs held that the platform has not withdrawn. */
    List<RunPodTicket> all() {
        lock.lock();
        try {
            return List.copyOf(byId.values());
        } finally {
            lock.unlock();
        }
    }

    Optional<RunPodTicket> find(String id) {
        lock.lock();
        try {
            return Optional.ofNullable(byId.get(id));
        } finally {
            lock.unlock();
        }
    }

    /** Waits until a worker wants a job and there is a place for it; returns false once {@link #close} was called. */
    boolean awaitPlace() throws InterruptedException {
        await(() -> closing || (asking > waiting.size() && placed.size() < places && byId.size() < MOST));
        return !isClosing();
    }

    void add(RunPodTicket ticket) {
        change(() -> {
            byId.put(ticket.id(), ticket);
            placed.add(ticket);
            waiting.add(ticket);
        });
    }

    /** Waits for a job to work on and returns it; empty once there will be no more. */
    Optional<RunPodTicket> next() throws InterruptedException {
        lock.lockInterruptibly();
        asking++;
        changed.signalAll();
        try {
            while (waiting.isEmpty() && !over) {
                changed.await();
            }
            return Optional.ofNullable(waiting.poll());
        } finally {
            asking--;
            lock.unlock();
        }
    }

    /** Frees the place of a job that the GPU is done with. */
    void rendered(RunPodTicket ticket) {
        change(() -> placed.remove(ticket));
    }

    /** Notes that a job has ended; its result is about to be posted unless the job was withdrawn. */
    void ended(RunPodTicket ticket) {
        change(() -> {
            waiting.remove(ticket);
            placed.remove(ticket);
            if (ticket.equals(byId.get(ticket.id()))) {
                ended.add(ticket);
            }
        });
    }

    /** Removes a job that the platform has withdrawn: nobody begins it, but if it runs, it has its place until it ends. */
    void withdrawn(RunPodTicket ticket) {
        change(() -> {
            byId.remove(ticket.id(), ticket);
            ended.remove(ticket);
            if (waiting.remove(ticket)) {
                placed.remove(ticket);
            }
        });
    }

    /** Removes a job of which nothing more is to be sent. */
    void settled(RunPodTicket ticket) {
        change(() -> {
            byId.remove(ticket.id(), ticket);
            ended.remove(ticket);
        });
    }

    /** Notes that no more jobs are asked for; one may still come until {@link #over} is called. */
    void close() {
        change(() -> closing = true);
    }

    boolean isClosing() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    /** Notes that no more jobs come. */
    void over() {
        change(() -> over = true);
    }

    /**
     * Waits until no more jobs come. If this ended job is the last one, also waits until all others are settled.
     *
     * @return true if this job is the last one
     */
    boolean awaitLast(RunPodTicket ticket) throws InterruptedException {
        await(() -> over);
        if (!isLast(ticket)) {
            return false;
        }
        await(() -> ended.size() <= 1);
        return true;
    }

    private boolean isLast(RunPodTicket ticket) {
        lock.lock();
        try {
            return ended.contains(ticket)
                    && ended.size() == byId.size()
                    && ended.getLast().equals(ticket);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no more jobs come. */
    void awaitOver() throws InterruptedException {
        await(() -> over);
    }

    /** Waits until all jobs are settled. */
    void awaitNone() throws InterruptedException {
        await(byId::isEmpty);
    }

    private void await(BooleanSupplier condition) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!condition.getAsBoolean()) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
