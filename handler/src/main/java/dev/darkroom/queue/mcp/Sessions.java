package dev.darkroom.queue.mcp;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/** The sessions of clients, in the order of their last use: there is a bound to them, as most clients never end theirs. */
final class Sessions {
    private final int most;
    private final SequencedSet<String> ids = new LinkedHashSet<>();

    Sessions(int most) {
        this.most = most;
    }

    /** Notes that a session is used; returns those that have to end for it, the ones that were used least recently. */
    synchronized List<String> used(String id) {
        ids.addLast(id);
        List<String> ending = new ArrayList<>();
        while (ids.size() > most) {
            ending.add(ids.removeFirst());
        }
        return ending;
    }

    /** Notes that a session has ended. */
    synchronized void ended(String id) {
        ids.remove(id);
    }
}
