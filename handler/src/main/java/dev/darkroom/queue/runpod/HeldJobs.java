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
 * The jobs that this worker has taken and not yet got rid of. A job has a place until the GPU is done with it; after that it is only
 * stored and posted, and the next one may come.
 */
final class HeldJobs {
    /** Results fill the memory while the platform does not take them: no more jobs then. */
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

    /** @param places how many jobs may be before the GPU or on it */
    HeldJobs(int places) {
        this.places = places;
    }

    /** The ids of all jobs that the platform is to know in good hands. */
    List<String> ids() {
        lock.lock();
        try {
            return List.copyOf(byId.keySet());
        } finally {
            lock.unlock();
        }
    }

    /** All jobs that the platform has not withdrawn. */
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

    /** Waits until somebody wants a job and there is a place for it; false once {@link #close} was called. */
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

    /** Waits for a job to work on; empty once there will be none. */
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

    /** The GPU is done with a job. */
    void rendered(RunPodTicket ticket) {
        change(() -> placed.remove(ticket));
    }

    /** How a job ended is known, and on its way unless the job was withdrawn. */
    void ended(RunPodTicket ticket) {
        change(() -> {
            waiting.remove(ticket);
            placed.remove(ticket);
            if (ticket.equals(byId.get(ticket.id()))) {
                ended.add(ticket);
            }
        });
    }

    /** The platform does not want a job any more: nobody begins it, but if it runs, it has its place until it ends. */
    void withdrawn(RunPodTicket ticket) {
        change(() -> {
            byId.remove(ticket.id(), ticket);
            ended.remove(ticket);
            if (waiting.remove(ticket)) {
                placed.remove(ticket);
            }
        });
    }

    /** Nothing more is to be told of a job. */
    void settled(RunPodTicket ticket) {
        change(() -> {
            byId.remove(ticket.id(), ticket);
            ended.remove(ticket);
        });
    }

    /** No more jobs are asked for; one may still come until it is {@link #over}. */
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

    /** No more jobs come. */
    void over() {
        change(() -> over = true);
    }

    /** Waits until no more jobs come and, if this ended one is the last of them, until the others are settled; true for the last. */
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
