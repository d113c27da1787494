package dev.darkroom.queue.runpod;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.queue.JobEvent;
import dev.darkroom.queue.JobEvents;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends the events of one job to the platform, one after another on a thread of its own, and the result last: whatever comes after a
 * result, the platform takes for the job's new state. Progress is sent as it is at the time, and no more once the result is there. Nobody
 * who publishes an event or puts the result in waits for the platform.
 */
final class Outbox {
    /** The job that an outbox belongs to. Called on the outbox' thread. */
    interface Owner {
        /** Returns true if the result is to ask the platform to replace this worker. May wait. */
        boolean isFarewell() throws InterruptedException;

        /** Called once, when there is nothing more to send. */
        void settled();
    }

    private interface Telling {
        void run() throws InterruptedException;
    }

    private sealed interface Letter {
        record Progress() implements Letter {}

        record Part(JobEvent.PictureStored picture) implements Letter {}

        record Result(ObjectNode body) implements Letter {}
    }

    private static final Logger LOG = Logger.getLogger(Outbox.class);

    private final String id;
    private final Owner owner;
    private final ResultPoster poster;
    private final JobEvents events;
    private final JobEvents.Reader unsent;
    private final boolean streams;
    private final Duration progressEvery;
    private final Consumer<JobEvent> follower = event -> changed();
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean progressed;
    private Letter.@Nullable Result result;
    private long nextProgress = System.nanoTime();

    /** @param streams true if pictures are sent as parts of the result, one by one; false if they come with the progress */
    Outbox(String id, Owner owner, ResultPoster poster, JobEvents events, boolean streams, Duration progressEvery) {
        this.id = id;
        this.owner = owner;
        this.poster = poster;
        this.events = events;
        this.unsent = streams ? events.taker() : events.reader();
        this.streams = streams;
        this.progressEvery = progressEvery;
        this.thread = Thread.ofVirtual().name("outbox of job " + id).unstarted(this::send);
    }

    void open() {
        events.follow(follower);
        thread.start();
    }

    /** Puts the result in, behind everything that has happened so far. */
    void result(ObjectNode body) {
        lock.lock();
        try {
            result = new Letter.Result(body);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Discards all that is not sent yet; what is on its way at this moment may still arrive. */
    void discard() {
        thread.interrupt();
    }

    private void changed() {
        lock.lock();
        try {
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
                    case Letter.Part part -> tell(() -> poster.part(id, RunPodAnswer.part(part.picture())));
                    case Letter.Progress ignored -> {
                        tell(() -> poster.progress(id, RunPodAnswer.progress(events)));
                        nextProgress = System.nanoTime() + progressEvery.toNanos();
                    }
                    case Letter.Result last -> {
                        if (owner.isFarewell()) {
                            last.body().put(RunPodAnswer.FAREWELL, true);
                        }
                        poster.result(id, last.body());
                        more = false;
                    }
                }
            }
        } catch (InterruptedException e) {
            // the platform stopped the job: it wants to hear nothing more of it
        } finally {
            events.unfollow(follower);
            owner.settled();
        }
    }

    /** Sends something before the result; whatever goes wrong with it, the result is still sent. */
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
                JobEvent event = unsent.next();
                if (event instanceof JobEvent.PictureStored picture && streams) {
                    return new Letter.Part(picture);
                }
                if (event != null) {
                    progressed |= event instanceof JobEvent.PictureStored
                            || event instanceof JobEvent.Preview
                            || event instanceof JobEvent.Progress;
                    continue;
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
