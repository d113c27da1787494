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
    private final Map<String, DurableTicket> tickets = new LinkedHashMap<>();

    /**
     * @param most how many that have ended are kept
     * @param mostBytes how large the answers of those, and the requests that are kept for another try, may be together
     */
    JobRegistry(int most, long mostBytes) {
        this.most = most;
        this.mostBytes = mostBytes;
    }

    /** Enters a job, in the place of another one with its id. */
    synchronized void add(DurableTicket ticket) {
        tickets.put(ticket.id(), ticket);
    }

    synchronized Optional<DurableTicket> find(String id) {
        return Optional.ofNullable(tickets.get(id));
    }

    synchronized List<DurableTicket> all() {
        return List.copyOf(tickets.values());
    }

    /** Enters a job in the place of another one; false if that is there no longer. */
    synchronized boolean replace(DurableTicket old, DurableTicket ticket) {
        return tickets.replace(old.id(), old, ticket);
    }

    /** Takes a job out; false if another one has its id by now. */
    synchronized boolean remove(DurableTicket ticket) {
        return tickets.remove(ticket.id(), ticket);
    }

    /** Takes out what was kept long enough, and of the rest that has ended the oldest beyond the bounds. */
    synchronized List<DurableTicket> removeOld(long now) {
        List<DurableTicket> old = new ArrayList<>();
        int ended = 0;
        long bytes = 0;
        for (DurableTicket ticket : all().reversed()) {
            if (ticket.isForgettable(now)) {
                old.add(ticket);
            } else if (ticket.isForgettable(Long.MAX_VALUE)) {
                ended++;
                bytes += ticket.keptBytes();
                if (ended > most || bytes > mostBytes) {
                    old.add(ticket);
                }
            }
        }
        old.forEach(this::remove);
        return old;
    }
}
