package dev.darkroom.queue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.darkroom.job.JobException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Jobs that came over HTTP: waiting ones in order, and all of them by id until their results have been kept long enough. */
@ApplicationScoped
public class HttpQueue implements JobSource {
    /** How many jobs may wait. */
    public static final int CAPACITY = 100;

    /** How large the payloads that wait may be together. */
    public static final long MOST_BYTES = 256L << 20;

    private static final long LOOK_AGAIN_MILLISECONDS = 100;
    private static final Duration KEPT = Duration.ofMinutes(30);
    private static final int MOST_KEPT = 1000;

    private final PayloadReader reader;
    private final Clock clock = Clock.systemUTC();
    private final BlockingQueue<HttpTicket> waiting = new LinkedBlockingQueue<>(CAPACITY);
    private final Map<String, HttpTicket> byId = new LinkedHashMap<>();
    private volatile boolean stopped;

    HttpQueue(PayloadReader reader) {
        this.reader = reader;
    }

    /**
     * Accepts a job; one with a faulty payload has failed at once.
     *
     * @param bytes size of the payload
     * @return empty if too many jobs wait already, or the worker is stopping
     */
    public Optional<HttpTicket> submit(ObjectNode request, int bytes, boolean sync) {
        String id = (sync ? "sync-" : "") + UUID.randomUUID();
        HttpTicket ticket;
        try {
            ticket = new HttpTicket(id, reader.job(request), bytes, clock);
        } catch (JobException e) {
            ticket = HttpTicket.refused(id, e, clock);
        }
        synchronized (byId) {
            forgetOld();
            if (!ticket.isEnded() && !(hasRoomFor(bytes) && waiting.offer(ticket))) {
                return Optional.empty();
            }
            byId.put(id, ticket);
        }
        return Optional.of(ticket);
    }

    /** A job that was accepted and is not forgotten yet. */
    public Optional<HttpTicket> find(String id) {
        synchronized (byId) {
            forgetOld();
            return Optional.ofNullable(byId.get(id));
        }
    }

    /** Withdraws a job; if it waits, its place is free again. */
    public void cancel(HttpTicket ticket) {
        waiting.remove(ticket);
        ticket.cancel();
    }

    /** Accepts nothing more, withdraws what waits, and lets {@link #take} come to an end. */
    public void stop() {
        synchronized (byId) {
            stopped = true;
            for (HttpTicket ticket = waiting.poll(); ticket != null; ticket = waiting.poll()) {
                ticket.failed(new JobException(JobException.Code.CANCELLED, "the worker is stopping", null));
            }
        }
    }

    /** True once {@link #stop} was called. */
    public boolean isStopped() {
        return stopped;
    }

    @Override
    public Optional<Ticket> take() throws InterruptedException {
        while (!stopped) {
            HttpTicket ticket = waiting.poll(LOOK_AGAIN_MILLISECONDS, TimeUnit.MILLISECONDS);
            if (ticket != null && ticket.start()) {
                return Optional.of(ticket);
            }
        }
        return Optional.empty();
    }

    private boolean hasRoomFor(int bytes) {
        long waitingBytes = waiting.stream().mapToLong(HttpTicket::bytes).sum();
        return !stopped && waitingBytes + bytes <= MOST_BYTES;
    }

    private void forgetOld() {
        Iterator<HttpTicket> tickets = byId.values().iterator();
        while (tickets.hasNext()) {
            HttpTicket ticket = tickets.next();
            if (ticket.endedBefore(clock.instant().minus(KEPT)) || (byId.size() > MOST_KEPT && ticket.isEnded())) {
                tickets.remove();
            }
        }
    }
}
