package dev.darkroom.nn;

import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.LinearWeight;
import java.util.ArrayList;
import java.util.List;

/**
 * The LoRAs that are on several layers at the moment, as operators that compute them together take them.
 *
 * @param tensors down and up of the first layer that has one, then of the next
 * @param adapted indexes of those layers
 */
@SuppressWarnings("ArrayRecordComponent") // identity is fine: never compared
record LowRanks(List<Tensor> tensors, long[] adapted) {
    static LowRanks of(List<LinearWeight> layers) {
        List<Tensor> tensors = new ArrayList<>();
        List<Long> adapted = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            List<Tensor> added = layers.get(i).added();
            if (!added.isEmpty()) {
                tensors.addAll(added);
                adapted.add((long) i);
            }
        }
        return new LowRanks(tensors, adapted.stream().mapToLong(Long::longValue).toArray());
    }
}
