package dev.darkroom.status;

import dev.darkroom.logs.EndedJob;
import dev.darkroom.logs.JobJournal;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The jobs that ended last in this process, for the status. Safe for several threads. */
@Singleton
final class LastJobs {
    /** What is kept of them is small; a page shows no more at a glance. */
    static final int MOST = 50;

    private final Deque<EndedJob> jobs = new ArrayDeque<>(MOST);

    /** Comes before any job. */
    void listen(@Observes StartupEvent event, JobJournal journal) {
        journal.tell(this::add);
    }

    synchronized void add(EndedJob job) {
        if (jobs.size() == MOST) {
            jobs.removeLast();
        }
        jobs.addFirst(job);
    }

    /** Returns them, the last first. */
    synchronized List<EndedJob> all() {
        return List.copyOf(jobs);
    }
}
