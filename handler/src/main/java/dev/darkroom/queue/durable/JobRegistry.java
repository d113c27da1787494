package dev.darkroom.queue.durable;

import dev.darkroom.queue.durable.disk.JobRecord;
import dev.darkroom.queue.durable.disk.Submission;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A registry of all jobs by their ids, until they are evicted. Safe for several threads. */
final class JobRegistry {
    private final int most;
    private final long mostBytes;
    private final Map<String, DurableJob> jobs = new LinkedHashMap<>();

    /** Ids of jobs by the keys of their submissions. */
    private final Map<String, String> idsByKey = new HashMap<>();

    /**
     * @param most how many ended jobs are kept
     * @param mostBytes bytes that the answers of ended jobs, and requests kept for retries, may have together
     */
    JobRegistry(int most, long mostBytes) {
        this.most = most;
        this.mostBytes = mostBytes;
    }

    /** Registers a job, in place of another one with its id. */
    synchronized void add(DurableJob job) {
        jobs.put(job.id(), job);
        Submission submission = job.beginning().submission();
        if (submission != null) {
            idsByKey.put(submission.key(), job.id());
        }
    }

    synchronized Optional<DurableJob> find(String id) {
        return Optional.ofNullable(jobs.get(id));
    }

    /** Finds the job that was submitted last under a key. */
    synchronized Optional<DurableJob> findByKey(String key) {
        return Optional.ofNullable(idsByKey.get(key)).map(jobs::get);
    }

    synchronized List<DurableJob> all() {
        return List.copyOf(jobs.values());
    }

    /** Replaces a job; returns false if the old one is not registered any more. */
    synchronized boolean replace(DurableJob old, DurableJob job) {
        return jobs.replace(old.id(), old, job);
    }

    /** Removes a job; returns false if another one has its id by now. */
    synchronized boolean remove(DurableJob job) {
        boolean removed = jobs.remove(job.id(), job);
        Submission submission = job.beginning().submission();
        if (removed && submission != null) {
            idsByKey.remove(submission.key(), job.id());
        }
        return removed;
    }

    /**
     * Removes ended jobs that were kept long enough, and of the others that have ended the oldest beyond the bounds.
     *
     * @return the removed jobs
     */
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
