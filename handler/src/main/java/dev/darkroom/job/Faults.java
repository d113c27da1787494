package dev.darkroom.job;

import java.util.ArrayList;
import java.util.List;

/** Collects everything that is wrong with a payload, so that a caller reads all of it in one message. */
public final class Faults {
    private final List<String> messages = new ArrayList<>();

    /** Notes a fault of a field unless {@code holds}. */
    public Faults check(boolean holds, String field, String rule) {
        if (!holds) {
            messages.add(field + ": " + rule);
        }
        return this;
    }

    /** Notes a fault of a field. */
    public void add(String field, String rule) {
        messages.add(field + ": " + rule);
    }

    /** Refuses the job if there was a fault. */
    public void refuse() {
        if (!messages.isEmpty()) {
            throw JobException.badInput(String.join("; ", messages));
        }
    }
}
