package dev.darkroom.lora;

import dev.darkroom.job.Faults;
import dev.darkroom.weights.SafetensorsFile;
import java.util.List;
import java.util.Optional;

/**
 * The pairs of a LoRA file that fit the networks of a model.
 *
 * @param pairs at least one
 * @param unused names of the tensors that fit nothing
 */
record LoraPlan(SafetensorsFile file, Factors factors, List<LoraPair> pairs, List<String> unused) {
    /** Selects the pairs for one network, in the file's order. */
    List<LoraPair> of(String role) {
        return pairs.stream().filter(pair -> pair.role().equals(role)).toList();
    }

    /** Note for the caller if tensors were left out. */
    Optional<String> note(String field) {
        return unused.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        field + ": " + unused.size() + " of " + file.entries().size()
                                + " tensors fit nothing in this model and were left out: " + Faults.quoted(unused));
    }
}
