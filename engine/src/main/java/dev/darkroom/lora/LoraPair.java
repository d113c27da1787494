package dev.darkroom.lora;

import dev.darkroom.weights.SafetensorsFile.Entry;
import java.util.List;
import java.util.Optional;

/**
 * A pair of a LoRA file that fits the layers it is for.
 *
 * @param alpha entry of the number that the pair's factor is computed from
 * @param rows number of rows of {@code up} for each layer of the module
 */
record LoraPair(String role, LoraModule module, Entry down, Entry up, Optional<Entry> alpha, List<Long> rows) {
    long rank() {
        return down.shape().getFirst();
    }
}
