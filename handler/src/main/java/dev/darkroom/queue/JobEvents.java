package dev.darkroom.queue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The events of one job, for any number of readers, each at its own pace and from any time on. Kept for them are the latest status, every
 * picture, of the progress the latest, and the latest preview of each picture that is not there yet. A picture's file is kept only while there is room, and until a {@link #taker} has read it.
 * Safe for several threads.
 */
public final class JobEvents {
    private static final Logger LOG = Logger.getLogger(JobEvents.class);

    /** The largest file that RunPod lets through as one chunk of a stream, in characters of base64. */
    private static final int LARGEST_FILE = 1_000_000;

    private final MemoryBudget room;
    private final List<Consumer<JobEvent>> followers = new CopyOnWriteArrayList<>();
    private final List<JobEvent.PictureStored> pictures = new ArrayList<>();
    private final Map<Integer, Numbered> previews = new TreeMap<>();
    private JobEvent status = new JobEvent.Queued();
    private JobEvent.@Nullable Progress progress;
    private int reports;
    private int previewsCome;
    private JobEvent.@Nullable Last last;
    private boolean closed;

    /** @param room how many characters of files all jobs together may still keep */
    public JobEvents(MemoryBudget room) {
        this.room = room;
    }

    /** Keeps an event for readers, then calls all followers on this thread; one that throws keeps no other from being called. */
    public void publish(JobEvent event) {
        keep(event);
        for (Consumer<JobEvent> follower : followers) {
            try {
                follower.accept(event);
            } catch (RuntimeException e) {
                LOG.errorf(
                        e, "a follower of a job failed at %s", event.getClass().getSimpleName());
            }
        }
    }

    private synchronized void keep(JobEvent event) {
        switch (event) {
            case JobEvent.Queued queued -> status = queued;
            case JobEvent.Started started -> status = started;
            case JobEvent.Progress latest -> {
                progress = latest;
                reports++;
            }
            case JobEvent.PictureStored picture -> {
                dropPreview(picture.image().sample().index());
                if (!closed) {
                    long length = picture.fileLength();
                    pictures.add(length <= LARGEST_FILE && room.reserve(length) ? picture : picture.withoutFile());
                }
            }
            case JobEvent.Preview preview -> keep(preview);
            case JobEvent.Last end -> {
                last = end;
                List.copyOf(previews.keySet()).forEach(this::dropPreview);
            }
        }
    }

    /** Keeps a preview unless there is a later one or no room for it: they come from several threads. */
    private void keep(JobEvent.Preview preview) {
        Numbered before = previews.get(preview.index());
        boolean late = last != null
                || pictures.stream().anyMatch(stored -> stored.image().sample().index() == preview.index());
        if (closed || late || (before != null && before.preview.step() > preview.step())) {
            return;
        }
        dropPreview(preview.index());
        if (room.reserve(preview.fileLength())) {
            previews.put(preview.index(), new Numbered(++previewsCome, preview));
        }
    }

    private void dropPreview(int index) {
        Numbered dropped = previews.remove(index);
        if (dropped != null) {
            room.release(dropped.preview.fileLength());
        }
    }

    /** Calls back on every event from now on, on the thread that publishes it: the follower must return at once. */
    public void follow(Consumer<JobEvent> follower) {
        followers.add(follower);
    }

    /** Stops calling back a follower. */
    public void unfollow(Consumer<JobEvent> follower) {
        followers.remove(follower);
    }

    /** Returns a future that completes when the condition holds, which is tested now and at every event. */
    public CompletableFuture<@Nullable Void> when(BooleanSupplier condition) {
        var holds = new CompletableFuture<@Nullable Void>();
        Consumer<JobEvent> look = event -> {
            if (condition.getAsBoolean()) {
                holds.complete(null);
            }
        };
        follow(look);
        var unused = holds.whenComplete((nothing, failure) -> unfollow(look));
        if (condition.getAsBoolean()) {
            holds.complete(null);
        }
        return holds;
    }

    /** Returns the latest progress; null before the first step. */
    public synchronized JobEvent.@Nullable Progress progress() {
        return progress;
    }

    /** Returns all pictures so far. */
    public synchronized List<JobEvent.PictureStored> pictures() {
        return List.copyOf(pictures);
    }

    /** Returns the latest preview of each picture that is being drawn. */
    public synchronized List<JobEvent.Preview> previews() {
        return previews.values().stream().map(Numbered::preview).toList();
    }

    /** Returns true once the job has ended, or the worker stops before the job begins. */
    public synchronized boolean isOver() {
        return last != null;
    }

    /** Drops all files of pictures, and ignores further pictures. */
    public synchronized void close() {
        closed = true;
        List.copyOf(previews.keySet()).forEach(this::dropPreview);
        for (int i = 0; i < pictures.size(); i++) {
            release(i);
        }
    }

    private void release(int picture) {
        JobEvent.PictureStored kept = pictures.get(picture);
        room.release(kept.fileLength());
        pictures.set(picture, kept.withoutFile());
    }

    /** Returns a new reader of all events. */
    public Reader reader() {
        return new Reader(false);
    }

    /** Returns a new reader of pictures and progress alone; files of pictures are dropped once it has read them. */
    public Reader taker() {
        return new Reader(true);
    }

    /** A preview, and how many had come with it. */
    private record Numbered(int number, JobEvent.Preview preview) {}

    /** One reader's place in the events. A slow reader misses steps and previews, but no picture. */
    public final class Reader {
        private final boolean takes;
        private @Nullable JobEvent statusRead;
        private int picturesRead;
        private int reportsRead;
        private int previewsRead;
        private boolean lastRead;

        private Reader(boolean takes) {
            this.takes = takes;
        }

        /** Returns true if there is a picture, a preview or progress to read. */
        public boolean hasNext() {
            synchronized (JobEvents.this) {
                return picturesRead < pictures.size()
                        || reportsRead < reports
                        || nextPreview().isPresent();
            }
        }

        /**
         * Returns the next event: a new status, then pictures, then the latest previews and progress unless the job has ended, then the last event; null
         * if there is nothing new.
         */
        public @Nullable JobEvent next() {
            synchronized (JobEvents.this) {
                boolean ended = last != null && !(last instanceof JobEvent.Stopped);
                if (!takes && !ended && !status.equals(statusRead)) {
                    statusRead = status;
                    return status;
                }
                if (picturesRead < pictures.size()) {
                    return nextPicture();
                }
                Optional<Numbered> preview = nextPreview();
                if (preview.isPresent()) {
                    previewsRead = preview.get().number;
                    return preview.get().preview;
                }
                boolean progressed = reportsRead < reports;
                reportsRead = reports;
                if (progressed && !ended) {
                    return progress;
                }
                if (takes || lastRead) {
                    return null;
                }
                lastRead = last != null;
                return last;
            }
        }

        private Optional<Numbered> nextPreview() {
            return previews.values().stream()
                    .filter(preview -> preview.number > previewsRead)
                    .min(Comparator.comparingInt(Numbered::number));
        }

        private JobEvent nextPicture() {
            int index = picturesRead++;
            JobEvent picture = pictures.get(index);
            if (takes) {
                release(index);
            }
            return picture;
        }
    }
}
