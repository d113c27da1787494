package dev.darkroom.job;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fields that jobs of every kind share: the model that does the job, and the form in which results are delivered.
 *
 * @param model name of one of the worker's models; null for the one that suits the job's images and mask
 * @param notes notes for the answer, on fields that were read otherwise than they were written
 */
public record Envelope(@Nullable String model, Delivery delivery, List<String> notes) {
    public Envelope {
        notes = List.copyOf(notes);
    }
}
