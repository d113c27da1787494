package dev.darkroom.queue.durable;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.JobResult;
import dev.darkroom.queue.Answer;
import dev.darkroom.queue.Json;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What can be seen of a job while it runs, and those who want to know when there is more. Of its progress only the latest is kept. */
public final class Following {
    private final FinishedPictures pictures;
    private final List<Runnable> followers = new CopyOnWriteArrayList<>();
    private @Nullable ObjectNode progress;
    private int reports;
    private int reportsRead;

    /** @param room how many bytes of unread pictures all jobs together may still hold */
    Following(AtomicLong room) {
        this.pictures = new FinishedPictures(room);
    }

    /** Has something called at every change, on the thread that makes it: it must return at once. */
    public void follow(Runnable follower) {
        followers.add(follower);
    }

    public void unfollow(Runnable follower) {
        followers.remove(follower);
    }

    /** Something has changed. */
    void tell() {
        followers.forEach(Runnable::run);
    }

    void report(int step, int steps) {
        synchronized (this) {
            progress = Answer.progress(step, steps);
            reports++;
        }
        tell();
    }

    void finished(JobResult.Image image) {
        pictures.add(image);
        tell();
    }

    public FinishedPictures pictures() {
        return pictures;
    }

    /** The latest progress; null before the first step. */
    public synchronized @Nullable ObjectNode progress() {
        return progress == null ? null : progress.deepCopy();
    }

    /** How often progress was reported. */
    public synchronized int reports() {
        return reports;
    }

    synchronized boolean hasUnread() {
        return pictures.hasUnread() || reportsRead < reports;
    }

    /** What {@code /stream} says at this status; what was said is not said again. */
    synchronized ObjectNode read(Status status) {
        ObjectNode body = Json.object().put("status", status.name());
        ArrayNode stream = body.putArray("stream");
        pictures.read().forEach(picture -> stream.addObject().set("output", picture));
        if (reportsRead < reports && !status.isFinal()) {
            stream.addObject().set("output", progress());
        }
        reportsRead = reports;
        return body;
    }
}
