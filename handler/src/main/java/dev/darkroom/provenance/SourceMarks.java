package dev.darkroom.provenance;

import dev.darkroom.job.Picture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jboss.logging.Logger;

/**
 * Looks for marks in the pictures that a job brings, on a thread of its own while the job goes on: only the answer's notes need them. Pictures
 * that were resized since they were marked take a search of half a second, which is left to {@code /verify}.
 */
public final class SourceMarks implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SourceMarks.class);

    private final FutureTask<List<String>> search;
    private volatile boolean closed;

    /** @param images named as in the job's payload; they are in memory until this is closed */
    public SourceMarks(List<Picture> images) {
        search = new FutureTask<>(() -> notes(images));
        Thread.ofPlatform().daemon().name("marks of sources").start(search);
    }

    private List<String> notes(List<Picture> images) {
        List<String> notes = new ArrayList<>();
        for (int i = 0; i < images.size() && !closed; i++) {
            String field = images.size() == 1 ? "image" : "images[" + i + "]";
            PixelMark.glance(images.get(i))
                    .ifPresent(payload ->
                            notes.add(field + ": a mark in its pixels says that a model made it (" + payload + ")"));
        }
        return notes;
    }

    /** Waits for what was found, and returns it for the caller. */
    public List<String> notes() throws InterruptedException {
        try {
            return search.get();
        } catch (ExecutionException e) {
            LOG.errorf(e, "marks of sources could not be searched for");
            return List.of("the pictures sent could not be searched for marks");
        }
    }

    /** Waits until no picture is looked at any more; those that were not begun are left out. */
    @Override
    public void close() {
        closed = true;
        boolean interrupted = false;
        while (!search.isDone()) {
            try {
                var unused = notes();
            } catch (InterruptedException e) {
                interrupted = true; // the pictures may only be let go once nobody reads them
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
