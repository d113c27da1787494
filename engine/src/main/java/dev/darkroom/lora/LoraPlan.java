package dev.darkroom.lora;

import dev.darkroom.weights.file.SafetensorsFile;
import java.util.List;

/**
 * The parts of a LoRA file that fit the networks of a model; at least one.
 *
 * @param notes for the caller, about what was left out
 */
record LoraPlan(SafetensorsFile file, List<LoraPair> pairs, List<LoraNorm> norms, List<String> notes) {
    /** Selects the pairs for one network, in the file's order. */
    List<LoraPair> pairsOf(String role) {
        return pairs.stream().filter(pair -> pair.role().equals(role)).toList();
    }

    /** Selects the norms for one network, in the file's order. */
    List<LoraNorm> normsOf(String role) {
        return norms.stream().filter(norm -> norm.role().equals(role)).toList();
    }

    /** Returns true if the file changes a network. */
    boolean adapts(String role) {
        return !pairsOf(role).isEmpty() || !normsOf(role).isEmpty();
    }

    /** Returns true for a LoRA that sees a picture beside the noise, by more inputs than its layer has. */
    boolean isControl() {
        return pairs.stream().anyMatch(LoraPair::widens);
    }
}
