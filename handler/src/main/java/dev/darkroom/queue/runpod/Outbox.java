package dev.darkroom.queue.runpod;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What one job has to say, sent one after another by a thread of its own, the result last: whatever comes after a result, the platform
 * takes for the job's new state. Progress is told as it is at the time, and no more once the result is there. Putting something in
 * returns at once.
 */
final class Outbox {
    /** Whose words these are. Called on the outbox' thread. */
    interface Owner {
        /** How far the job is now. */
        ObjectNode progress();

        /** True if the result is to ask the platform to replace this worker. May wait. */
        boolean isFarewell() throws InterruptedException;

        /** There is nothing more to send. */
        void settled();
    }

    private interface Telling {
        void run() throws InterruptedException;
    }

    private sealed interface Letter {
        record Progress() implements Letter {}

        record Part(ObjectNode output) implements Letter {}

        record Result(ObjectNode body) implements Letter {}
    }

    private static final Logger LOG = Logger.getLogger(Outbox.class);

    private final String id;
    private final Owner owner;
    private final ResultPoster courier;
    private final Duration progressEvery;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Letter.Part> parts = new ArrayDeque<>();
    private boolean progressed;
    private Letter.@Nullable Result result;
    private long nextProgress = System.nanoTime();

    Outbox(String id, Owner owner, ResultPoster courier, Duration progressEvery) {
        this.id = id;
        this.owner = owner;
        this.courier = courier;
        this.progressEvery = progressEvery;
        this.thread = Thread.ofVirtual().name("outbox of job " + id).unstarted(this::send);
    }

    void open() {
        thread.start();
    }

    /** The job is further than it was. */
    void progressed() {
        put(() -> progressed = true);
    }

    /** A part of the result, for those who read the job's stream. */
    void part(ObjectNode output) {
        put(() -> parts.add(new Letter.Part(output)));
    }

    /** The last word. */
    void result(ObjectNode body) {
        put(() -> result = new Letter.Result(body));
    }

    /** Nothing more is sent; what is on its way at this moment may still arrive. */
    void discard() {
        thread.interrupt();
    }

    private void put(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void send() {
        try {
            boolean more = true;
            while (more) {
                switch (next()) {
                    case Letter.Part part -> tell(() -> courier.part(id, part.output()));
                    case Letter.Progress ignored -> {
                        tell(() -> courier.progress(id, owner.progress()));
                        nextProgress = System.nanoTime() + progressEvery.toNanos();
                    }
                    case Letter.Result last -> {
                        if (owner.isFarewell()) {
                            last.body().put(RunPodAnswer.FAREWELL, true);
                        }
                        courier.result(id, last.body());
                        more = false;
                    }
                }
            }
        } catch (InterruptedException e) {
            // the platform stopped the job: it wants to hear nothing more of it
        } finally {
            owner.settled();
        }
    }

    /** Whatever goes wrong with what comes before the result, the result is still sent. */
    private void tell(Telling telling) throws InterruptedException {
        try {
            telling.run();
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.warnf("job %s: a part of what it has to say is left out: %s", id, e);
        }
    }

    private Letter next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                if (!parts.isEmpty()) {
                    return parts.remove();
                }
                if (result != null) {
                    return result;
                }
                long early = nextProgress - System.nanoTime();
                if (!progressed) {
                    changed.await();
                } else if (early > 0) {
                    changed.awaitNanos(early);
                } else {
                    progressed = false;
                    return new Letter.Progress();
                }
            }
        } finally {
            lock.unlock();
        }
    }
}
