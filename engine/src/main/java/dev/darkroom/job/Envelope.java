package dev.darkroom.job;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What every kind of job says beside what it wants made: who does it, and how the result is handed over.
 *
 * @param model name of one of the worker's models; null for the one that suits what the job brings
 * @param notes for the answer: what was read otherwise than it was written
 */
public record Envelope(@Nullable String model, Delivery delivery, List<String> notes) {
    public Envelope {
        notes = List.copyOf(notes);
    }
}
