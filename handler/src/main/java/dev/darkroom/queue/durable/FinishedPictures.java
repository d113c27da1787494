package dev.darkroom.queue.durable;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.JobResult;
import dev.darkroom.job.Stored;
import dev.darkroom.queue.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The pictures of a job that are there before the job has ended, for those who follow it. Small ones are told with their data, until
 * someone has read them; of all others, where they are or that they are in the last answer.
 */
public final class FinishedPictures {
    /** The most that RunPod lets through as one chunk of a stream. */
    private static final int LARGEST_DATA = 1_000_000;

    private final AtomicLong room;
    private final List<ObjectNode> pictures = new ArrayList<>();
    private int read;
    private long held;
    private boolean closed;

    /** @param room how many bytes of data all jobs together may still hold */
    FinishedPictures(AtomicLong room) {
        this.room = room;
    }

    synchronized void add(JobResult.Image image) {
        if (closed) {
            return;
        }
        ObjectNode picture = Answer.image(image);
        picture.put("type", "image").put("index", image.sample().index());
        if (image.stored() instanceof Stored.Inline
                && !holds(picture.path("image").asText().length())) {
            picture.remove("image");
        }
        pictures.add(picture);
    }

    private boolean holds(int bytes) {
        if (bytes > LARGEST_DATA) {
            return false;
        }
        if (room.addAndGet(-bytes) < 0) {
            room.addAndGet(bytes);
            return false;
        }
        held += bytes;
        return true;
    }

    /** Those from a place on. */
    public synchronized List<ObjectNode> from(int index) {
        return pictures.subList(Math.min(index, pictures.size()), pictures.size()).stream()
                .map(ObjectNode::deepCopy)
                .toList();
    }

    synchronized boolean hasUnread() {
        return read < pictures.size();
    }

    /** Those that nobody has read so; their data is not held any longer. */
    synchronized List<ObjectNode> read() {
        List<ObjectNode> unread = from(read);
        read = pictures.size();
        release();
        return unread;
    }

    /** Lets go of all data, and takes no more. */
    synchronized void close() {
        closed = true;
        release();
    }

    private void release() {
        pictures.forEach(picture -> picture.remove("image"));
        room.addAndGet(held);
        held = 0;
    }
}
