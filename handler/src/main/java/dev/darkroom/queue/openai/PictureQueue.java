package dev.darkroom.queue.openai;

import dev.darkroom.job.JobResult;
import dev.darkroom.job.Sample;
import dev.darkroom.job.Stored;
import dev.darkroom.queue.JobEvent;
import dev.darkroom.queue.JobOutcome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one listener is still to be sent of a job: pictures of the work in progress, and finished ones. What a slow listener would have kept
 * in memory beyond a bound is left out; finished pictures come with the job's answer then. Safe for several threads.
 */
final class PictureQueue {
    private static final long MOST_BYTES = 32L << 20;

    /** By what a job's answer and its events both know a picture. */
    private record Key(int promptIndex, long seed) {
        static Key of(Sample sample) {
            return new Key(sample.promptIndex(), sample.seed());
        }
    }

    private final Deque<JobEvent> events = new ArrayDeque<>();
    private final Set<Key> finished = new HashSet<>();
    private final Map<Integer, Integer> shown = new HashMap<>();
    private long bytes;
    private boolean closed;

    /** Takes an event of the job; returns false if there is nothing in it to be sent, or it was there before. */
    synchronized boolean take(JobEvent event) {
        long length = length(event);
        if (closed || length < 0 || bytes + length > MOST_BYTES) {
            return false;
        }
        switch (event) {
            case JobEvent.Preview preview -> {
                if (preview.step() <= shown.getOrDefault(preview.index(), 0)) {
                    return false; // they come from several threads
                }
                shown.put(preview.index(), preview.step());
            }
            case JobEvent.PictureStored picture -> {
                if (!finished.add(Key.of(picture.image().sample()))) {
                    return false;
                }
                shown.put(picture.image().sample().index(), Integer.MAX_VALUE);
            }
            default -> {}
        }
        bytes += length;
        return events.add(event);
    }

    /** Returns the bytes of an event's picture; less than 0 if it has none. */
    private static long length(JobEvent event) {
        return switch (event) {
            case JobEvent.Preview preview -> preview.file().length;
            case JobEvent.PictureStored picture -> {
                if (picture.image().stored() instanceof Stored.Inline inline) {
                    yield picture.complete() ? inline.file().length : -1;
                }
                yield 0;
            }
            default -> -1;
        };
    }

    /**
     * Adds the finished pictures of a job's answer that were not taken as they came.
     *
     * @param outputs pictures of each prompt
     */
    synchronized void addMissing(JobOutcome.Done done, int outputs) {
        for (JobOutcome.Picture picture : done.pictures()) {
            if (!closed && finished.add(new Key(picture.promptIndex(), picture.seed()))) {
                long place = (picture.seed() - done.seed()) & Long.MAX_VALUE; // as the seeds count up
                int index = picture.promptIndex() * outputs + (int) Math.min(place, outputs - 1);
                var sample = new Sample(index, picture.promptIndex(), "", picture.seed());
                Stored stored = picture.file() != null
                        ? new Stored.Inline(picture.file())
                        : new Stored.At(Objects.requireNonNull(picture.url()));
                var event = new JobEvent.PictureStored(
                        new JobResult.Image(sample, stored, picture.format(), picture.size(), 0, List.of()));
                bytes += Math.max(0, length(event));
                events.add(event);
            }
        }
    }

    /**
     * Returns the next event; null if there is none.
     *
     * @param withFinished false if a finished picture is to wait
     */
    synchronized @Nullable JobEvent next(boolean withFinished) {
        JobEvent next = events.peek();
        if (next == null || (next instanceof JobEvent.PictureStored && !withFinished)) {
            return null;
        }
        events.remove();
        bytes -= Math.max(0, length(next));
        return next;
    }

    synchronized boolean isEmpty() {
        return events.isEmpty();
    }

    synchronized void close() {
        closed = true;
        events.clear();
    }
}
