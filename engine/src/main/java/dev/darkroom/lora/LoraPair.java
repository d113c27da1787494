package dev.darkroom.lora;

import dev.darkroom.weights.file.SafetensorsFile.Entry;
import java.util.List;
import java.util.Optional;

/**
 * A pair of a LoRA file that fits the layers it is for.
 *
 * @param alpha entry of the number that the pair's factor is computed from
 * @param factor that the file's metadata gives; empty if it says nothing
 * @param bias entry of what is added to the layers' biases, times the factor
 * @param magnitude entry of a DoRA's magnitudes
 * @param columns number of inputs of the layers
 * @param rows number of rows of {@code up} for each layer of the module
 */
record LoraPair(
        String role,
        LoraModule module,
        Entry down,
        Entry up,
        Optional<Entry> alpha,
        Optional<Double> factor,
        Optional<Entry> bias,
        Optional<Entry> magnitude,
        long columns,
        List<Long> rows) {
    long rank() {
        return down.shape().getFirst();
    }

    /** Returns true if the LoRA gives its layer more inputs than it has: a control LoRA, which sees a picture beside the noise. */
    boolean widens() {
        return down.shape().get(1) > columns;
    }
}
