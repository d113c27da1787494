package dev.darkroom.queue.durable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All jobs by their ids, until they have been kept long enough. Safe for several threads. */
final class JobRegistry {
    private final int most;
    private final long mostBytes;
    private final Map<String, DurableJob> jobs = new LinkedHashMap<>();

    /**
     * @param most how many that have ended are kept
     * @param mostBytes how large the answers of those, and the requests that are kept for another try, may be together
     */
    JobRegistry(int most, long mostBytes) {
        this.most = most;
        this.mostBytes = mostBytes;
    }

    /** Enters a job, in the place of another one with its id. */
    synchronized void add(DurableJob job) {
        jobs.put(job.id(), job);
    }

    synchronized Optional<DurableJob> find(String id) {
        return Optional.ofNullable(jobs.get(id));
    }

    synchronized List<DurableJob> all() {
        return List.copyOf(jobs.values());
    }

    /** Enters a job in the place of another one; false if that is there no longer. */
    synchronized boolean replace(DurableJob old, DurableJob job) {
        return jobs.replace(old.id(), old, job);
    }

    /** Takes a job out; false if another one has its id by now. */
    synchronized boolean remove(DurableJob job) {
        return jobs.remove(job.id(), job);
    }

    /** Takes out what was kept long enough, and of the rest that has ended the oldest beyond the bounds. */
    synchronized List<DurableJob> removeOld(long now) {
        List<DurableJob> old = new ArrayList<>();
        int ended = 0;
        long bytes = 0;
        for (DurableJob job : all().reversed()) {
            JobRecord record = job.record();
            if (record.isForgettable(now)) {
                old.add(job);
            } else if (record.isForgettable(Long.MAX_VALUE)) {
                ended++;
                bytes += record.answerBytes() + (job.keepsRequest() ? record.bytes() : 0L);
                if (ended > most || bytes > mostBytes) {
                    old.add(job);
                }
            }
        }
        old.forEach(this::remove);
        return old;
    }
}
