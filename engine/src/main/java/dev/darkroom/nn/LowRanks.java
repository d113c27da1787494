package dev.darkroom.nn;

import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.LinearWeight;
import java.util.ArrayList;
import java.util.List;

/**
 * The LoRAs that are on several layers at the moment, as operators that compute them together take them.
 *
 * @param tensors what is added to the first layer, then to the next
 * @param ends where each layer's tensors end
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
record LowRanks(List<Tensor> tensors, long[] ends) {
    static LowRanks of(List<LinearWeight> layers) {
        List<Tensor> tensors = new ArrayList<>();
        long[] ends = new long[layers.size()];
        for (int i = 0; i < ends.length; i++) {
            tensors.addAll(layers.get(i).added());
            ends[i] = tensors.size();
        }
        return new LowRanks(tensors, ends);
    }
}
