package dev.darkroom.text;

import dev.darkroom.checkpoint.CheckpointException;
import dev.darkroom.tensor.Tensor;
import dev.darkroom.weights.Placement;

/** Makes tensors of token ids for an embedding table. */
final class TokenIds {
    private TokenIds() {}

    /**
     * Moves the ids of one prompt to the encoder's device, as {@code [1, S]}. Ids beyond the table are refused: on a card they would end
     * the process.
     */
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
