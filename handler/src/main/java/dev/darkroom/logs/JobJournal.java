package dev.darkroom.logs;

import dev.darkroom.queue.JobEnd;
import dev.darkroom.queue.JobEndListener;
import dev.darkroom.queue.Ticket;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Follows jobs from where a worker takes them to their end, and tells readers of each that has ended. Safe for several threads. */
@Singleton
public final class JobJournal implements JobEndListener {
    private static final Logger LOG = Logger.getLogger(JobJournal.class);

    private final ConcurrentMap<String, JobTrail> underWay = new ConcurrentHashMap<>();
    private final List<Consumer<EndedJob>> readers = new CopyOnWriteArrayList<>();

    /** Has a reader told of every job that ends from now on; it must return at once. */
    public void tell(Consumer<EndedJob> reader) {
        readers.add(reader);
    }

    /** Begins to follow a job; to be closed when the worker has done with it. */
    public JobTrail follow(Ticket ticket) {
        String id = ticket.id();
        var trail = new JobTrail(done -> underWay.remove(id, done), Instant.now());
        underWay.put(id, trail);
        return trail;
    }

    @Override
    public void ended(JobEnd end) {
        JobTrail trail = underWay.remove(end.id());
        Instant now = Instant.now();
        EndedJob job = trail == null ? JobTrail.untaken(end, now) : trail.end(end, now);
        for (Consumer<EndedJob> reader : readers) {
            try {
                reader.accept(job);
            } catch (RuntimeException e) {
                LOG.errorf(e, "a reader of ended jobs failed");
            }
        }
    }
}
