package dev.darkroom.text;

import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.CheckpointException;
import dev.darkroom.weights.Placement;

/** Token ids on their way to an embedding table. */
final class TokenIds {
    private TokenIds() {}

    /** Ids of one prompt as {@code [1, S]} on the encoder's device. Refuses ids beyond the table: on a card they would end the process. */
    static Tensor of(long[] ids, int vocabulary, Placement placement) {
        for (long id : ids) {
            if (id < 0 || id >= vocabulary) {
                throw new CheckpointException(
                        "the tokenizer gives id " + id + ", but the text encoder has a vocabulary of " + vocabulary);
            }
        }
        return Tensor.of(ids, 1, ids.length).to(placement.device());
    }
}
